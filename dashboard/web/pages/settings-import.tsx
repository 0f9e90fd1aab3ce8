/** Why: a table of libraries comes in whole: first a preview that changes nothing, line by line, then the import. */

import { useState } from 'preact/hooks';
import type { ImportReport } from '#contract';
import { ApiError, ask } from '../api.ts';
import { count } from '../format.ts';
import { Refusal } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { refreshRoster } from '../store.ts';
import { audit } from '../words-audit.ts';
import { settingsWords } from '../words-settings.ts';

const w = settingsWords;
/** Lines shown of a report; what is wrong comes first. */
const SHOWN = 200;

interface Answer {
  report: ImportReport;
  dry: boolean;
}

export function ImportTable() {
  const [file, setFile] = useState<Blob | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (dry: boolean) => {
    if (!file) return;
    setBusy(true);
    try {
      const report = await ask<ImportReport>('POST', `/sites/import${dry ? '?dry=1' : ''}`, { csv: file });
      setAnswer({ report, dry });
      setError(null);
      if (!dry) await refreshRoster();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
      setAnswer(null);
    }
    setBusy(false);
  };
  const choose = (chosen: Blob | null) => {
    setFile(chosen);
    setAnswer(null);
    setError(null);
  };
  const ready = answer?.dry === true && answer.report.created + answer.report.updated > 0;
  return (
    <Panel
      title={w.import}
      id="import"
      end={
        <a href="/api/v1/sites/export" download>
          {w.export}
        </a>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(!ready);
        }}
      >
        <div class="pad fields">
          <div class="all">
            <Refusal error={error} />
          </div>
          <div class="field">
            <label for="imp-file">{w.file}</label>
            <input
              id="imp-file"
              type="file"
              accept=".csv,.txt,text/csv"
              aria-describedby="imp-file-h"
              onChange={(event) => choose(event.currentTarget.files?.[0] ?? null)}
            />
            <small id="imp-file-h">{w.fileHint}</small>
          </div>
          <div class="field">
            <label for="imp-text">{w.paste}</label>
            <textarea
              id="imp-text"
              rows={4}
              class="mono"
              aria-describedby="imp-text-h"
              onInput={(event) => choose(event.currentTarget.value ? new Blob([event.currentTarget.value]) : null)}
            />
            <small id="imp-text-h">
              <span class="mono">{w.columnsHint}</span>. {w.mergeHint}
            </small>
          </div>
        </div>
        {answer ? <Report {...answer} /> : null}
        <div class="foot-acts">
          <span class="end" />
          {ready ? (
            <button class="btn" type="button" disabled={busy} onClick={() => setAnswer(null)}>
              {w.cancel}
            </button>
          ) : null}
          <button class="btn go" type="submit" disabled={busy || !file}>
            {ready ? w.importNow : w.preview}
          </button>
        </div>
      </form>
    </Panel>
  );
}

function Report({ report, dry }: Answer) {
  const weight = ({ outcome, messages }: ImportReport['lines'][number]) =>
    outcome === 'refused' ? 3 : messages.length > 0 ? 2 : outcome === 'unchanged' ? 0 : 1;
  const ranked = [...report.lines].sort((a, b) => weight(b) - weight(a) || a.line - b.line);
  return (
    <div class="report" role="status">
      <p class="pad">
        <b>{dry ? w.previewed : w.imported}.</b> {(dry ? w.report : w.done)(report)}.{' '}
        <span class="q">{w.readAs(report.encoding, w.separators[report.separator])}</span>
      </p>
      <div class="scroll tall" tabIndex={0} role="group" aria-label={w.import}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="num">
                {w.line}
              </th>
              <th scope="col">{w.id}</th>
              <th scope="col">{w.outcome}</th>
              <th scope="col">{w.messages}</th>
            </tr>
          </thead>
          <tbody>
            {ranked.slice(0, SHOWN).map(({ line, id, outcome, fields, messages }) => (
              <tr key={line}>
                <th scope="row" class="num">
                  {line}
                </th>
                <td class="mono">{id ?? ''}</td>
                <td class={outcome === 'refused' ? 'strong' : ''}>{w.outcomes[outcome]}</td>
                <td>{[...changesOf(fields), ...messages].join('; ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {ranked.length > SHOWN ? <p class="tfoot">{w.linesShown(count(SHOWN), count(ranked.length))}</p> : null}
    </div>
  );
}

function changesOf(fields: readonly string[]): string[] {
  const names: Readonly<Record<string, string>> = audit.fields;
  return fields.length === 0 ? [] : [w.changes(fields.map((field) => names[field] ?? field).join(', '))];
}
