/** Why: every change has a name and a time, for auditors and administrators. */
import type { AuditEntry, Page } from '#contract';
import { full } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { place, withQuery } from '../router.ts';
import { commonZone } from '../store.ts';
import { audit as w } from '../words-audit.ts';
import { actionOf, detailOf } from './settings-deeds.ts';

const ROWS = 30;

export function AuditTrail() {
  const here = place.value;
  const before = here.query.get('before');
  const known = useLoad<Page<AuditEntry>>(
    `/audit?limit=${ROWS}${before === null ? '' : `&cursor=${encodeURIComponent(before)}`}`,
    {
      about: 'audit',
    },
  );
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
                  {known.value.items.map((entry) => (
                    <tr key={entry.id}>
                      <td>{full(entry.at, commonZone.value)}</td>
                      <th scope="row">{entry.who}</th>
                      <td>{actionOf(entry)}</td>
                      <td>{detailOf(entry, commonZone.value)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {next === null && before === null ? null : (
              <div class="foot-acts">
                {before === null ? null : (
                  <a class="btn" href={withQuery(here, { before: null })}>
                    {w.newest}
                  </a>
                )}
                <span class="end" />
                {next === null ? null : (
                  <a class="btn" href={withQuery(here, { before: next })}>
                    {w.more}
                  </a>
                )}
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
