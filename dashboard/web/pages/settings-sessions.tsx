/** Why: a session that was left open elsewhere can be ended from here; an administrator sees and ends those of everybody. */
import type { Page, SessionView } from '#contract';
import { ask } from '../api.ts';
import { age } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { mayAdminister } from '../rights.ts';
import { serverNow } from '../store.ts';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';

const w = manage.sessions;

export function Sessions() {
  const everybody = mayAdminister();
  const path = everybody ? '/sessions' : '/me/sessions';
  const title = everybody ? w.all : w.title;
  const known = useLoad<Page<SessionView>>(path);
  const end = async ({ id, user }: SessionView) => {
    if (!confirm(w.endSure(user))) return;
    await ask('DELETE', `${path}/${id}`).catch(() => undefined);
    known.again();
  };
  return (
    <Panel title={title} id="sessions">
      {known.value ? (
        <div class="scroll" tabIndex={0} role="group" aria-label={title}>
          <table class="stacks">
            <thead>
              <tr>
                <th scope="col">{w.who}</th>
                <th scope="col">{w.since}</th>
                <th scope="col">{w.seen}</th>
                <th scope="col" class="num">
                  <span class="vh">{w.end}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {known.value.items.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.user}</th>
                  <td>{words.ago(age(serverNow.value - one.created_at))}</td>
                  <td>{words.ago(age(serverNow.value - one.last_seen_at))}</td>
                  <td class="num">
                    {one.here ? (
                      <span class="q">{w.here}</span>
                    ) : (
                      <button class="btn" type="button" onClick={() => void end(one)}>
                        {w.end}
                        <span class="vh"> {one.user}</span>
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : known.problem ? (
        <Failed what={title} problem={known.problem} again={known.again} />
      ) : (
        <Waiting what={title} />
      )}
    </Panel>
  );
}
