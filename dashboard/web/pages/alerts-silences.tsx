/** Why: what is silenced, why, by whom and until when; and a way to silence a library without finding its page first. */
import { useState } from 'preact/hooks';
import type { Silence } from '#contract';
import { Empty, Failed, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { Pick } from '../parts/pick.tsx';
import { endSilence, SilenceForm, useSilences } from '../parts/silence.tsx';
import { mayAct } from '../rights.ts';
import { siteHref } from '../router.ts';
import { silenceName, silenceTime } from '../silence-words.ts';
import { commonZone, lines, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';
import { worksWords } from '../words-works.ts';
import { PlanWorks } from './alerts-works.tsx';

const w = manage.silence;

export function Silences() {
  const silences = useSilences();
  return (
    <div class="grid triage tri-top">
      <Panel title={w.list} id="h-silences">
        {silences.value ? (
          <Table items={silences.value.items} again={silences.again} />
        ) : silences.problem ? (
          <Failed what={w.list} problem={silences.problem} again={silences.again} />
        ) : (
          <Waiting what={w.list} />
        )}
      </Panel>
      {mayAct() ? (
        <div class="grid">
          <Add onDone={silences.again} />
          <PlanWorks onDone={silences.again} />
        </div>
      ) : null}
    </div>
  );
}

function Add({ onDone }: { onDone: () => void }) {
  const [chosen, setChosen] = useState('');
  const all = lines.value;
  const line = all.find(({ ap }) => ap.id === chosen);
  return (
    <Panel title={w.add} id="h-silence">
      <div class="pad fields one">
        <Pick
          {...{ scope: 'silence', name: 'line', label: w.library, value: chosen, onPick: setChosen }}
          first={[['', w.choose]]}
          choices={all.map(({ ap, name }) => [ap.id, name])}
        />
      </div>
      {line ? (
        <SilenceForm
          key={chosen}
          line={line}
          onDone={() => {
            setChosen('');
            onDone();
          }}
        />
      ) : null}
    </Panel>
  );
}

function Table({ items, again }: { items: readonly Silence[]; again: () => void }) {
  if (items.length === 0) return <Empty title={w.none} text={w.noneText} />;
  const line = ({ ap, site }: Silence) => lines.value.find((one) => one.ap.id === ap || one.site.id === site);
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={w.list}>
      <table>
        <thead>
          <tr>
            <th scope="col">{w.of}</th>
            <th scope="col">{worksWords.what}</th>
            <th scope="col">{w.until}</th>
            <th scope="col">{w.reason}</th>
            <th scope="col">{w.by}</th>
            <th scope="col" class="num">
              <span class="vh">{w.end}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((silence) => {
            const known = line(silence);
            const name = silenceName(silence, known?.name);
            const zone = known?.site.zone ?? commonZone.value;
            return (
              <tr key={silence.id}>
                <th scope="row">
                  {known ? <a href={siteHref(known.site.id, silence.ap ?? undefined)}>{name}</a> : name}
                </th>
                <td>{worksWords.kind[silence.kind ?? 'silence']}</td>
                <td>{silenceTime(silence, serverNow.value, zone)}</td>
                <td>{silence.reason}</td>
                <td>{silence.by || words.unknown}</td>
                <td class="num">
                  {mayAct() ? (
                    <button
                      class="btn"
                      type="button"
                      onClick={() => {
                        void endSilence(silence, name).then((ended) => {
                          if (ended) again();
                        });
                      }}
                    >
                      {w.end}
                      <span class="vh"> {name}</span>
                    </button>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
