/** Why: a provider's works touch forty libraries at once. One reason and one end for all that are selected; what is refused is named. */
import { useState } from 'preact/hooks';
import type { Silence } from '#contract';
import { ApiError, post } from '../api.ts';
import type { Line } from '../fleet.ts';
import { moment } from '../format.ts';
import { silenceEnds } from '../silence-ends.ts';
import { commonZone, serverNow } from '../store.ts';
import { manage } from '../words-manage.ts';
import { selectionWords as w } from '../words-selection.ts';
import { Refusal } from './answers.tsx';
import { Field, Select, textsOf } from './field.tsx';
import { Panel } from './marks.tsx';
import { say } from './toast.tsx';

interface ManyProps {
  lines: readonly Line[];
  /** The access points that were silenced. */
  onDone: (silenced: readonly string[]) => void;
  onCancel: () => void;
}

export function SilenceMany({ lines, onDone, onCancel }: ManyProps) {
  const [error, setError] = useState<ApiError | null>(null);
  const [some, setSome] = useState('');
  const [busy, setBusy] = useState(false);
  const zone = commonZone.value;
  const [ends] = useState(() => silenceEnds({ zone, opening: [] }, serverNow.value));
  const submit = async (form: HTMLFormElement) => {
    const { reason = '', until = '' } = textsOf(form);
    setBusy(true);
    const { done, refused } = await silenceEach(lines, reason, Number(until));
    setBusy(false);
    setError(refused);
    setSome(refused && done.length > 0 ? w.silencedSome(String(done.length), String(lines.length)) : '');
    if (!refused) say(w.silenced(done.length, moment(Number(until), serverNow.value, zone)));
    if (done.length > 0) onDone(done);
    if (!refused) onCancel();
  };
  return (
    <Panel title={w.silenceTitle(lines.length)} id="h-silence-many">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <div class="pad fields">
          <p class="all q">{manage.silence.text}</p>
          <div class="all">
            {some ? <p role="status">{some}</p> : null}
            <Refusal error={error} known={['reason']} />
          </div>
          <Field
            scope="many"
            name="reason"
            label={manage.silence.reason}
            hint={manage.silence.reasonHint}
            error={error}
            wide
            required
            minLength={3}
            maxLength={300}
          />
          <Select scope="many" name="until" label={manage.silence.until}>
            {ends.map(({ label, until, at }) => (
              <option key={until} value={String(until)}>{`${at}, ${label}`}</option>
            ))}
          </Select>
        </div>
        <div class="foot-acts">
          <span class="end" />
          <button class="btn" type="button" onClick={onCancel}>
            {manage.cancel}
          </button>
          <button class="btn go" type="submit" disabled={busy}>
            {manage.silence.go}
          </button>
        </div>
      </form>
    </Panel>
  );
}

/** One after another, and not on after a refusal: the next would be refused for the same reason. */
async function silenceEach(lines: readonly Line[], reason: string, until: number) {
  const done: string[] = [];
  for (const { ap } of lines) {
    try {
      await post<Silence>('/silences', { ap: ap.id, reason, until });
      done.push(ap.id);
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      return { done, refused };
    }
  }
  return { done, refused: null };
}
