/** Why: the range of all charts of a page: usual ones, one's own, and buttons for what dragging does. */
import { useState } from 'preact/hooks';
import { type Frame, RANGES, type Range } from '../charts/series.ts';
import { canBeShown, fieldOf, momentOfField, parseStretch, zoomTo } from '../charts/zoom.ts';
import { full, zoneName } from '../format.ts';
import { place, withQuery } from '../router.ts';
import { rangeWords as z } from '../words-range.ts';
import { siteWords } from '../words-site.ts';
import { Field, textsOf } from './field.tsx';
import { Pop } from './pop.tsx';
import { ZoomButtons } from './zoom-buttons.tsx';

export function RangePick({ range, frame }: { range: Range; frame: Frame }) {
  const own = parseStretch(place.value.query) !== null;
  return (
    <>
      <span class="seg" role="group" aria-label={siteWords.range}>
        {RANGES.map((one) => (
          <a
            key={one}
            href={withQuery(place.value, { range: one === '24h' ? null : one, from: null, to: null })}
            {...(one === range && !own ? { 'aria-current': 'true' as const } : {})}
          >
            {one === '12mo' ? z.year : siteWords.ranges[one]}
          </a>
        ))}
      </span>
      <ZoomButtons frame={frame} />
      <Pop label={z.custom} shortcut="t">
        <Custom frame={frame} />
      </Pop>
      {own ? (
        <span class="q">
          {full(frame.from, frame.zone)} – {full(frame.to, frame.zone)}, {siteWords.zoneTimes(zoneName(frame.zone))}
        </span>
      ) : null}
    </>
  );
}

/** A stretch that cannot be shown is refused here: an address that has one is read as if it had none. */
function Custom({ frame: { from, to, zone } }: { frame: Frame }) {
  const [wrong, setWrong] = useState(false);
  const show = (form: HTMLFormElement) => {
    const texts = textsOf(form);
    const stretch = { from: momentOfField(texts['from'] ?? '', zone), to: momentOfField(texts['to'] ?? '', zone) };
    const isShown = canBeShown(stretch);
    setWrong(!isShown);
    if (isShown) zoomTo(stretch);
  };
  const field = { scope: 'range', type: 'datetime-local', required: true };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        show(event.currentTarget);
      }}
    >
      <Field {...field} name="from" label={z.from} defaultValue={fieldOf(from, zone)} />
      <Field
        {...field}
        name="to"
        label={z.to}
        hint={siteWords.zoneTimes(zoneName(zone))}
        defaultValue={fieldOf(to, zone)}
      />
      {wrong ? <p role="alert">{z.wrong}</p> : null}
      <button class="btn go" type="submit">
        {z.show}
      </button>
    </form>
  );
}
