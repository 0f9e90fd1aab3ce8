/** Why: taking an incident on always has an end, and the button says which. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlertView } from '#contract';
import { ApiError, post } from '../api.ts';
import { moment } from '../format.ts';
import { mayAct } from '../rights.ts';
import { me, serverNow } from '../store.ts';
import { alertWords } from '../words-alerts.ts';
import { say } from './toast.tsx';

const HOURS = [1, 4, 8, 24, 72];
const HOUR_MS = 3_600_000;

interface AcknowledgeProps {
  /** The incident. */
  id: number;
  zone: string;
  /** Gets it as the server now has it. */
  onDone?: (alert: AlertView) => void;
  /** Each new value but 0 goes to the button, which says until when: one more key confirms. */
  asked?: number;
}

export function Acknowledge({ id, zone, onDone, asked = 0 }: AcknowledgeProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asked > 0) button.current?.focus();
  }, [asked]);
  const [hours, setHours] = useState(4);
  const [busy, setBusy] = useState(false);
  if (!mayAct()) return null;
  const until = (n: number) => alertWords.ack.until(moment(serverNow.value + n * HOUR_MS, serverNow.value, zone));
  const send = async () => {
    setBusy(true);
    try {
      const alert = await post<AlertView>(`/alerts/${id}/ack`, { hours });
      onDone?.(alert);
      say(
        `${alertWords.ackBy(alert.acknowledged_by ?? me.value?.name ?? '', moment(alert.acknowledged_until ?? serverNow.value, serverNow.value, zone))}`,
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(error.problem.detail);
    }
    setBusy(false);
  };
  return (
    <form
      class="ack"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <select
        aria-label={alertWords.ack.for}
        value={String(hours)}
        onChange={(event) => setHours(Number(event.currentTarget.value))}
      >
        {HOURS.map((n) => (
          <option key={n} value={String(n)}>{`${alertWords.hours(n)}, ${until(n)}`}</option>
        ))}
      </select>
      <button class="btn go" type="submit" ref={button} disabled={busy}>
        {alertWords.ack.acknowledge}
      </button>
    </form>
  );
}
