/** Why: how much a library is used, day by day: distinct devices of visitors, as bars. Counts only: nobody is identified. */
import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type DeviceDays, localTime } from '#contract';
import { anyKnown, type DeviceDay, daysOf, devicesSpec, hasDays, sumOfDays } from '../charts/device-days.ts';
import type { Frame } from '../charts/series.ts';
import { count, day, full, hours, weekdayName } from '../format.ts';
import { useLoad } from '../load.ts';
import { words } from '../words.ts';
import { devicesWords as w } from '../words-devices.ts';
import { siteWords } from '../words-site.ts';
import { throughputWords } from '../words-throughput.ts';
import { Failed, Waiting } from './answers.tsx';
import { Chart, Twin } from './chart.tsx';
import { TimeKeys } from './throughput-legend.tsx';

interface DevicesProps {
  ap: string;
  frame: Frame;
  /** Time under the cursor, shared by the charts of a page; ms. */
  cursor: Signal<number | null>;
  now: number;
}

export function Devices({ ap, frame, cursor, now }: DevicesProps) {
  const wanted = hasDays(frame);
  const { value, problem, again } = useLoad<DeviceDays>(
    wanted ? `/devices?ap=${encodeURIComponent(ap)}&from=${frame.from}&to=${frame.to}` : null,
    { about: `${ap} ${frame.range}` },
  );
  // Now only moves the end of today, and the frame follows it.
  const days = useMemo(() => (value ? daysOf(value, frame, now) : []), [value, frame]);
  if (!wanted) return null;
  return (
    <figure class="panel" aria-labelledby="h-devices">
      <header>
        <h2 id="h-devices">{w.title}</h2>
        <span class="q">{siteWords.useNote}</span>
      </header>
      {value ? (
        anyKnown(days) ? (
          <Drawn days={days} frame={frame} cursor={cursor} />
        ) : (
          <p class="pad q">{w.none}</p>
        )
      ) : problem ? (
        <Failed what={words.what.chart} problem={problem} again={again} />
      ) : (
        <Waiting what={words.what.chart} />
      )}
    </figure>
  );
}

function Drawn({ days, frame, cursor }: { days: readonly DeviceDay[]; frame: Frame; cursor: Signal<number | null> }) {
  const spec = useMemo(() => devicesSpec(days, frame), [days, frame]);
  const told = sentence(days, frame);
  const newest = days.findLastIndex(({ devices }) => devices !== null);
  const readout = (i: number | null) => {
    const one = days[i ?? newest];
    return one ? (
      <>
        <b>{nameOf(one, frame)}</b>
        <span>{phrasesOf(one).join(', ')}</span>
      </>
    ) : (
      <span>{siteWords.noData}</span>
    );
  };
  const spoken = (i: number) => {
    const one = days[i];
    return one ? `${nameOf(one, frame)}: ${phrasesOf(one).join(', ')}` : '';
  };
  return (
    <>
      <div class="pad chart-pad">
        <Chart
          spec={spec}
          sentence={`${w.title}, ${full(frame.from, frame.zone)} – ${full(frame.to, frame.zone)}. ${told}`}
          readout={readout}
          spoken={spoken}
          cursor={cursor}
          heading={null}
        />
      </div>
      <Legend days={days} closed={frame.sunken.length > 0} missing={spec.missing.length > 0} />
      <p class="about">{told}</p>
      <Twin
        caption={w.title}
        heads={[w.day, w.devices, w.atOnce]}
        rows={() =>
          days.toReversed().map((one) => [nameOf(one, frame), ...[one.devices, one.atOnce].map((n) => figure(n, one))])
        }
      />
    </>
  );
}

function sentence(days: readonly DeviceDay[], { zone }: Frame): string {
  const { median, most, unknown, days: known } = sumOfDays(days);
  return [
    median === null ? w.noDay : w.usual(count(median), count(known)),
    ...(most?.devices ? [w.most(count(most.devices), day(most.from, zone))] : []),
    ...(unknown > 0 ? [w.unknown(count(unknown))] : []),
  ].join(' ');
}

/** "Sun 25 Oct, 25 h"; "so far" of today. */
function nameOf({ from, to, soFar }: DeviceDay, { zone }: Frame): string {
  const length = Math.round((to - from) / 3_600_000);
  const name = `${weekdayName(localTime(zone, from).weekday)} ${day(from, zone)}${length === 24 ? '' : `, ${hours(length)}`}`;
  return soFar ? throughputWords.soFar(name) : name;
}

function phrasesOf({ devices, atOnce, closed }: DeviceDay): string[] {
  const shut = closed ? [throughputWords.closed] : [];
  if (devices === null) return closed ? shut : [siteWords.noData];
  return [w.count(count(devices)), ...(atOnce === null ? [] : [w.together(count(atOnce))]), ...shut];
}

const figure = (n: number | null, { closed }: DeviceDay): string =>
  n === null ? (closed ? throughputWords.closed : siteWords.noData) : count(n);

const Legend = ({ days, closed, missing }: { days: readonly DeviceDay[]; closed: boolean; missing: boolean }) => (
  <div class="legend" aria-hidden="true">
    <span class="key">
      <svg width="12" height="12">
        <rect class="f-lamp" x="2" width="8" height="12" />
      </svg>
      {w.legend}
    </span>
    {days.some(({ soFar, devices }) => soFar && devices !== null) ? (
      <span class="key">
        <svg width="12" height="12">
          <path class="hollow" d="M2 12V1h8v11" />
        </svg>
        {w.legendToday}
      </span>
    ) : null}
    <TimeKeys closed={closed} missing={missing} />
  </div>
);
