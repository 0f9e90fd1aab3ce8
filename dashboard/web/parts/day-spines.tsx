/** Why: was it dark all night or only now? The worst state of each of the last 24 hours as a spine; the worse the taller, unknown is a gap. */
import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { AP_STATES, type ApState, type StateHistory } from '#contract';
import { count } from '../format.ts';
import { useLoad } from '../load.ts';
import { now, roster } from '../store.ts';
import { words } from '../words.ts';
import { sitesWords as w } from '../words-sites.ts';

const STEP_PX = 4;
const HEIGHT: Record<ApState, number> = { offline: 18, below: 12, nodata: 4, maint: 7, meets: 7 };
/** Hours turn slowly: often enough is every five minutes. */
const REFRESH_MS = 300_000;

const history = signal<StateHistory | null>(null);
/** Hours of each access point by its place in the list; nothing while they are of another list. */
export const dayHours = computed<readonly string[]>(() => {
  const known = history.value;
  return known !== null && known.list === roster.value?.list ? known.hours : [];
});

const refresh = computed(() => `${Math.floor(now.value / REFRESH_MS)} ${roster.value?.list}`);

/** Keeps the hours fresh as long as somebody looks at them. */
export function DayHours() {
  const { value } = useLoad<StateHistory>('/live/history', {
    about: 'hours',
    refresh: refresh.value,
  });
  useEffect(() => {
    if (value) history.value = value;
  }, [value]);
  return null;
}

/** `hours`: a digit per hour, oldest first, index into AP_STATES; anything else is unknown. */
export function Spines({ hours }: { hours: string | undefined }) {
  const per = AP_STATES.map((state, i) => ({
    state,
    at: [...(hours ?? '')].flatMap((digit, hour) => (digit === String(i) ? [hour] : [])),
  })).filter(({ at }) => at.length > 0);
  if (per.length === 0) return <span class="qq">{words.unknown}</span>;
  const label = per.map(({ state, at }) => w.dayHours(words.state[state], count(at.length))).join(', ');
  return (
    <svg class="spines" width="95" height="20" viewBox="0 0 95 20" role="img" aria-label={label}>
      {per.map(({ state, at }) => (
        <path
          key={state}
          class={`k-${state}`}
          stroke-width="3"
          d={at.map((hour) => `M${hour * STEP_PX + 1.5} 19v-${HEIGHT[state]}`).join('')}
        />
      ))}
    </svg>
  );
}
