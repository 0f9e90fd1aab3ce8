/** Why: what each shape of the chart of throughput means, in words; only what is in the picture. */
import type { CalendarBucket } from '#contract';
import type { Before } from '../charts/before.ts';
import { siteWords as w } from '../words-site.ts';
import { throughputWords } from '../words-throughput.ts';
import { BeforeKey } from './before.tsx';
import { Mark } from './marks.tsx';

interface LegendProps {
  /** What median and band are of; null where there are none. */
  bucket: CalendarBucket | null;
  marks: boolean;
  unclear: boolean;
  closed: boolean;
  /** Left out: true. */
  missing?: boolean;
  notes: boolean;
  before?: Before | null;
}

export const NoteFlag = () => (
  <svg class="flag" width="12" height="12" aria-hidden="true">
    <path class="f-ink" d="M3 12V1h7L7 4h-3v8z" />
  </svg>
);

/** Times in which it was closed, and in which nobody measured. */
export const TimeKeys = ({ closed, missing }: { closed: boolean; missing: boolean }) => (
  <>
    {closed ? (
      <span class="key">
        <svg width="22" height="12">
          <rect class="f-sunken edge" width="22" height="12" />
        </svg>
        {w.legend.closed}
      </span>
    ) : null}
    {missing ? (
      <span class="key">
        <svg width="22" height="12">
          <rect class="hatch" width="22" height="12" />
        </svg>
        {w.legend.missing}
      </span>
    ) : null}
  </>
);

export const ThroughputLegend = ({
  bucket,
  marks,
  unclear,
  closed,
  missing = true,
  notes,
  before = null,
}: LegendProps) => (
  <div class="legend" aria-hidden="true">
    {bucket ? (
      <>
        <span class="key">
          <svg width="22" height="12">
            <path class="median" d="M0 6h22" />
          </svg>
          {throughputWords.legend.median[bucket]}
        </span>
        <span class="key">
          <svg width="22" height="12">
            <rect class="f-band banded" x=".5" y=".5" width="21" height="11" />
          </svg>
          {throughputWords.legend.band}
        </span>
      </>
    ) : null}
    {marks ? (
      <>
        <span class="key">
          <svg width="8" height="8">
            <circle class="f-lamp" cx="4" cy="4" r="2.6" />
          </svg>
          {w.legend.passed}
        </span>
        <span class="key">
          <Mark state="below" />
          {w.legend.failed}
        </span>
      </>
    ) : null}
    {before ? <BeforeKey before={before} /> : null}
    {unclear ? (
      <span class="key">
        <Mark state="nodata" />
        {throughputWords.legend.unclear}
      </span>
    ) : null}
    <TimeKeys closed={closed} missing={missing} />
    {notes ? (
      <span class="key">
        <NoteFlag />
        {w.logbook.mark}
      </span>
    ) : null}
  </div>
);
