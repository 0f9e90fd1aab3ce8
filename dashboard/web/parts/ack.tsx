/** Why: taking an incident on always has an end, and the button says which. */

import { useState } from 'preact/hooks';
import { type AlertView, may } from '#contract';
import { ApiError, post } from '../api.ts';
import { moment } from '../format.ts';
import { me, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { say } from './toast.tsx';

const HOURS = [1, 4, 8, 24, 72];
const HOUR_MS = 3_600_000;

/** `id`: the incident. `onDone` gets it as the server now has it. */
export function Acknowledge({ id, zone, onDone }: { id: number; zone: string; onDone?: (alert: AlertView) => void }) {
  const [hours, setHours] = useState(4);
  const [busy, setBusy] = useState(false);
  if (!mayAct()) return null;
  const until = (n: number) => words.ack.until(moment(serverNow.value + n * HOUR_MS, serverNow.value, zone));
  const send = async () => {
    setBusy(true);
    try {
      const alert = await post<AlertView>(`/alerts/${id}/ack`, { hours });
      onDone?.(alert);
      say(
        `${words.alerts.ackBy(alert.acknowledged_by ?? me.value?.name ?? '', moment(alert.acknowledged_until ?? serverNow.value, serverNow.value, zone))}`,
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
        aria-label={words.ack.for}
        value={String(hours)}
        onChange={(event) => setHours(Number(event.currentTarget.value))}
      >
        {HOURS.map((n) => (
          <option key={n} value={String(n)}>{`${words.alerts.hours(n)}, ${until(n)}`}</option>
        ))}
      </select>
      <button class="btn go" type="submit" disabled={busy}>
        {words.ack.acknowledge}
      </button>
    </form>
  );
}

/** The server decides, the page only does not offer. */
const mine = (what: Parameters<typeof may>[1]) => (me.value ? may(me.value.role, what) : false);
export const mayAct = () => mine('act');
export const mayOperate = () => mine('operate');
export const mayAudit = () => mine('audit');
export const mayAdminister = () => mine('administer');
