/** Why: who has just started Carrel sees one machine; this says what comes next, and each line goes by being done. */
import { computed } from '@preact/signals';
import { hrefOf } from '../router.ts';
import { live, me, ready, roster } from '../store.ts';
import { firstUnwatched } from '../unwatched.ts';
import { overviewWords } from '../words-overview.ts';
import { Panel } from './marks.tsx';

const w = overviewWords.next;

const withAccess = computed(() => new Set(roster.value?.access_points.map(({ site }) => site)).size);

/** Only while there is no second library or probe: later the notices say what is missing. */
const steps = computed(() => {
  if (!ready.value) return [];
  const sites = withAccess.value;
  const probes = roster.value?.probes.filter(({ admitted }) => admitted).length ?? 0;
  if (me.value?.role !== 'administrator' || (sites > 1 && probes > 1)) return [];
  return [
    { href: '/start?step=2', does: w.library, text: w.libraryText, done: sites > 1 },
    { href: hrefOf('/start', { step: 2, ap: firstUnwatched() }), does: w.probe, text: w.probeText, done: probes > 1 },
    {
      href: '/start?step=3',
      does: w.alerts,
      text: w.alertsText,
      done: !live.value.health.some(({ code }) => code === 'NO_CHANNEL'),
    },
  ];
});

export function Next() {
  if (steps.value.length === 0) return null;
  return (
    <Panel title={w.title} id="h-next" note={w.note} end={<a href="/start">{w.steps}</a>}>
      <ol class="next">
        {steps.value
          .filter(({ done }) => !done)
          .map(({ href, does, text }) => (
            <li key={does}>
              <a class="strong" href={href}>
                {does}
              </a>
              <span class="q">{text}</span>
            </li>
          ))}
      </ol>
    </Panel>
  );
}
