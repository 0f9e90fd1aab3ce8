/** Why: every change has a name and a time, for auditors and administrators. */
import { useState } from 'preact/hooks';
import type { Page } from '#contract';
import { full, viewerZone } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { manage } from '../words-manage.ts';

const w = manage.audit;
const ROWS = 30;
interface Entry {
  id: number;
  at: number;
  who: string;
  action: string;
  detail: string;
}

export function AuditTrail() {
  const [before, setBefore] = useState<string | null>(null);
  const known = useLoad<Page<Entry>>(`/audit?limit=${ROWS}${before === null ? '' : `&cursor=${before}`}`, {
    about: 'audit',
  });
  const next = known.value?.next ?? null;
  return (
    <Panel title={w.title} id="audit">
      {known.value ? (
        known.value.items.length === 0 ? (
          <p class="pad q">{w.none}</p>
        ) : (
          <>
            <div class="scroll tall" tabIndex={0} role="group" aria-label={w.title}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{w.when}</th>
                    <th scope="col">{w.who}</th>
                    <th scope="col">{w.what}</th>
                    <th scope="col">{w.detail}</th>
                  </tr>
                </thead>
                <tbody>
                  {known.value.items.map(({ id, at, who, action, detail }) => (
                    <tr key={id}>
                      <td>{full(at, viewerZone())}</td>
                      <th scope="row">{who}</th>
                      <td>{action}</td>
                      <td>{detail}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {next === null ? null : (
              <div class="foot-acts">
                <span class="end" />
                <button class="btn" type="button" onClick={() => setBefore(next)}>
                  {w.more}
                </button>
              </div>
            )}
          </>
        )
      ) : known.problem ? (
        <Failed what={w.title} problem={known.problem} again={known.again} />
      ) : (
        <Waiting what={w.title} />
      )}
    </Panel>
  );
}
