/** Why: who looks at an incident can silence its library there, with a reason and an end; the first key goes to the reason. */
import { useEffect, useRef } from 'preact/hooks';
import type { AlertView } from '#contract';
import { hrefOf } from '../router.ts';
import { lines } from '../store.ts';
import { alertWords } from '../words-alerts.ts';
import { manage } from '../words-manage.ts';
import { worksWords } from '../words-works.ts';
import { SilenceForm } from './silence.tsx';

/** What is about no single library is silenced where providers and regions are. */
export function SilenceAlert({ alert, onDone }: { alert: AlertView; onDone: () => void }) {
  const at = useRef<HTMLDivElement>(null);
  const line = lines.value.find(({ ap }) => ap.id === alert.ap);
  useEffect(() => at.current?.querySelector<HTMLElement>('input, a')?.focus(), [line === undefined]);
  return (
    <div class="sec" ref={at}>
      <h3>{line ? manage.silence.title(line.name) : alertWords.silences}</h3>
      {line ? (
        <SilenceForm line={line} onDone={onDone} onCancel={onDone} />
      ) : (
        <p>
          <a href={hrefOf('/alerts', { state: 'silences' })}>{worksWords.plan}</a>
        </p>
      )}
    </div>
  );
}
