/** Why: on which days nobody is there. Holidays are known; what differs, for a library or for all, is put right here. */
import { useState } from 'preact/hooks';
import { type CalendarEntry, type CalendarView, weekdayOf } from '#contract';
import { ApiError, ask } from '../api.ts';
import { day, weekdayName } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { Pick } from '../parts/pick.tsx';
import { say } from '../parts/toast.tsx';
import { mayOperate } from '../rights.ts';
import { roster, serverNow, siteOf } from '../store.ts';
import { calendarWords as w } from '../words-works.ts';

type Holiday = CalendarView['holidays'][number];
const DAY_MS = 86_400_000;

export function Calendar() {
  const [year, setYear] = useState<number | null>(null);
  const loaded = useLoad<CalendarView>(year === null ? '/calendar' : `/calendar?year=${year}`, { about: 'calendar' });
  return (
    <Panel title={w.title} id="h-calendar">
      {loaded.value ? (
        <Edited view={loaded.value} again={loaded.again} onYear={setYear} />
      ) : loaded.problem ? (
        <Failed what={w.title} problem={loaded.problem} again={loaded.again} />
      ) : (
        <Waiting what={w.title} />
      )}
    </Panel>
  );
}

interface EditedProps {
  view: CalendarView;
  again: () => void;
  onYear: (year: number) => void;
}

function Edited({ view, again, onYear }: EditedProps) {
  const [error, setError] = useState<ApiError | null>(null);
  const save = async (entries: CalendarEntry[]): Promise<boolean> => {
    try {
      await ask('PUT', '/calendar', { body: { entries }, match: view.version });
      setError(null);
      say(w.saved);
      again();
      return true;
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      // What others entered is shown at once; what stands in the form stays there to be added to it.
      if (refused.problem.status === 412) again();
      setError(refused);
      return false;
    }
  };
  const open = (holiday: Holiday) =>
    void save([
      ...view.entries,
      { site: null, from: holiday.date, to: holiday.date, reason: holiday.name, open: true },
    ]);
  return (
    <>
      <p class="pad q">{w.text}</p>
      {error ? (
        <div class="pad">
          <Refusal error={error} known={[]} />
        </div>
      ) : null}
      <Own entries={view.entries} onRemove={(gone) => void save(view.entries.filter((one) => one !== gone))} />
      {mayOperate() ? <Add onAdd={(entry) => save([...view.entries, entry])} /> : null}
      {view.countries.map((country) => (
        <Holidays key={country} country={country} view={view} onYear={onYear} onOpen={open} />
      ))}
    </>
  );
}

/** The days that people entered; those that are over only as a count. */
function Own({ entries, onRemove }: { entries: readonly CalendarEntry[]; onRemove: (entry: CalendarEntry) => void }) {
  const today = new Date(serverNow.value - DAY_MS).toISOString().slice(0, 10);
  const coming = entries.filter(({ to }) => to >= today).sort((a, b) => (a.from < b.from ? -1 : 1));
  const over = entries.length - coming.length;
  if (entries.length === 0) return <p class="pad">{w.none}</p>;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={w.own}>
      <table>
        <caption class="vh">{w.own}</caption>
        <thead>
          <tr>
            <th scope="col">{w.day}</th>
            <th scope="col">{w.of}</th>
            <th scope="col">{w.is}</th>
            <th scope="col">{w.reason}</th>
            <th scope="col">
              <span class="vh">{w.remove}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {coming.map((entry, i) => (
            <tr key={i}>
              <th scope="row">
                {dayText(entry.from)}
                {entry.to === entry.from ? '' : ` – ${dayText(entry.to)}`}
              </th>
              <td>{entry.site === null ? w.all : (siteOf(entry.site)?.name ?? entry.site)}</td>
              <td>{entry.open ? w.opened : w.closed}</td>
              <td>{entry.reason}</td>
              <td class="num">
                {mayOperate() ? (
                  <button class="btn" type="button" onClick={() => onRemove(entry)}>
                    {w.remove}
                    <span class="vh"> {entry.from}</span>
                  </button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {over > 0 ? <p class="pad q">{w.ended(over)}</p> : null}
    </div>
  );
}

function Add({ onAdd }: { onAdd: (entry: CalendarEntry) => Promise<boolean> }) {
  const [wrong, setWrong] = useState('');
  const sites = [...(roster.value?.sites ?? [])].sort((a, b) => a.name.localeCompare(b.name));
  const submit = async (form: HTMLFormElement) => {
    const { site = '', from = '', to = '', reason = '', open = '' } = textsOf(form);
    const last = to === '' ? from : to;
    setWrong(last < from ? w.earlier : '');
    if (last < from) return;
    if (await onAdd({ site: site === '' ? null : site, from, to: last, reason, open: open === 'open' })) form.reset();
  };
  return (
    <form
      class="ruled"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <div class="pad fields">
        {wrong ? (
          <p class="all" role="alert">
            {wrong}
          </p>
        ) : null}
        <Pick
          {...{ scope: 'calendar', name: 'site', label: w.of }}
          first={[['', w.all]]}
          choices={sites.map(({ id, name }) => [id, name])}
        />
        <Select scope="calendar" name="open" label={w.is}>
          <option value="closed">{w.closed}</option>
          <option value="open">{w.opened}</option>
        </Select>
        <Field scope="calendar" name="from" label={w.from} type="date" required />
        <Field scope="calendar" name="to" label={w.to} type="date" />
        <Field scope="calendar" name="reason" label={w.reason} wide required maxLength={200} />
      </div>
      <div class="foot-acts">
        <span class="end" />
        <button class="btn go" type="submit">
          {w.add}
        </button>
      </div>
    </form>
  );
}

interface HolidaysProps {
  country: string;
  view: CalendarView;
  onYear: (year: number) => void;
  onOpen: (holiday: Holiday) => void;
}

function Holidays({ country, view, onYear, onOpen }: HolidaysProps) {
  const { year, entries } = view;
  const isOpened = ({ date }: Holiday) =>
    entries.some(({ site, from, to, open }) => site === null && open && from <= date && date <= to);
  return (
    <details class="ruled">
      <summary class="pad">{w.holidays(country, String(year))}</summary>
      <div class="pad">
        {[year - 1, year + 1].map((other) => (
          <button key={other} class="btn" type="button" onClick={() => onYear(other)}>
            {other}
          </button>
        ))}
      </div>
      <div class="scroll" tabIndex={0} role="group" aria-label={w.holidays(country, String(year))}>
        <table>
          <thead>
            <tr>
              <th scope="col">{w.day}</th>
              <th scope="col">{w.name}</th>
              <th scope="col">
                <span class="vh">{w.open}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {view.holidays
              .filter((one) => one.country === country)
              .map((one) => (
                <tr key={one.date}>
                  <th scope="row">{dayText(one.date)}</th>
                  <td>
                    {one.name}
                    {one.provisional ? <span class="q"> ({w.provisional})</span> : null}
                  </td>
                  <td class="num">
                    {isOpened(one) ? (
                      <span class="q">{w.opened}</span>
                    ) : mayOperate() ? (
                      <button class="btn" type="button" onClick={() => onOpen(one)}>
                        {w.opens}
                        <span class="vh"> {one.date}</span>
                      </button>
                    ) : null}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** "Thu 24 Dec": a local date has no zone. */
function dayText(date: string): string {
  const number = Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
  return `${weekdayName(weekdayOf(number))} ${day(number * DAY_MS, 'UTC')}`;
}
