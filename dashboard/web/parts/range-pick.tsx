/** Why: the range of all charts of a page: usual ones, one's own, and buttons for what dragging does. */
import { type Frame, RANGES, type Range } from '../charts/series.ts';
import { fieldOf, momentOfField, parseStretch, zoomTo } from '../charts/zoom.ts';
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
      <Pop label={z.custom}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const { from = '', to = '' } = textsOf(event.currentTarget);
            const stretch = { from: momentOfField(from, frame.zone), to: momentOfField(to, frame.zone) };
            if (stretch.to > stretch.from) zoomTo(stretch);
          }}
        >
          <Field
            scope="range"
            type="datetime-local"
            name="from"
            label={z.from}
            defaultValue={fieldOf(frame.from, frame.zone)}
            required
          />
          <Field
            scope="range"
            type="datetime-local"
            name="to"
            label={z.to}
            hint={siteWords.zoneTimes(zoneName(frame.zone))}
            defaultValue={fieldOf(frame.to, frame.zone)}
            required
          />
          <button class="btn go" type="submit">
            {z.show}
          </button>
        </form>
      </Pop>
      {own ? (
        <span class="q">
          {full(frame.from, frame.zone)} – {full(frame.to, frame.zone)}, {siteWords.zoneTimes(zoneName(frame.zone))}
        </span>
      ) : null}
    </>
  );
}
