/** Why: an incident calls people by the steps of its policy until somebody takes it on; every due time is in the state database. */
import type { NotifyStep, Severity, Site, WorkingHours } from '#contract';
import type { Escalation, Incident, OutboxItem, State } from '#state';
import { openSpansOf, readCalendar } from '../alert/calendar.ts';
import { silenceOver } from '../alert/context.ts';
import { advance, type Hours, type Move } from './escalate.ts';
import { addMessage, siteOf } from './outbox-message.ts';
import { isQuiet, quietEnd } from './quiet.ts';
import type { Receiver, Receivers } from './receivers.ts';
import { onCallAt } from './rotation.ts';
import { addNotice } from './telling.ts';

export interface Calling {
  /** Starts the policy that names this severity and takes its first steps. False when there is none. Inside the caller's transaction. */
  begin(incident: Incident, severity: Severity, now: number): boolean;
  end(incident: number): void;
  /** Takes the steps that are due. */
  tick(now: number): void;
  /** A contact refused for good: the person's next one gets it. Inside the caller's transaction. */
  fallBack(item: OutboxItem, now: number): void;
}

/** The longest that libraries are closed in a row. */
const HORIZON_MS = 21 * 86_400_000;
const MINUTE_MS = 60_000;
const AT_ONCE = 200;

export function createCalling({ state, receivers }: { state: State; receivers: Receivers }): Calling {
  function take(escalation: Escalation, incident: Incident, now: number): void {
    const hours = hoursOf(state, escalation.working, siteOf(state, incident.ap));
    const { run, moves } = advance(escalation.steps, escalation, { now, severity: escalation.severity, hours });
    for (const move of moves) tell(incident, escalation.severity, move, now);
    state.escalations.put({ ...escalation, ...run });
    // The end is reached after a last wait, and nobody has taken it on.
    if (run.state === 'done' && moves.length === 0 && escalation.severity === 'page')
      addNotice(
        state,
        receivers,
        null,
        { code: 'nobody', title: incident.title, incident: incident.id },
        `nobody-${incident.id}`,
        now,
      );
  }

  function tell(incident: Incident, severity: Severity, { step, round, who }: Move, now: number): void {
    const before = state.outbox.ofIncident(incident.id).filter((item) => item.kind === 'firing');
    const first = before[0]?.createdAt;
    const unacked = first === undefined ? 0 : Math.floor((now - first) / MINUTE_MS);
    for (const { receiver, dueAt } of receiversOf(who, before, severity, now))
      addMessage(state, receiver, {
        incident: incident.id,
        kind: 'firing',
        severity,
        now,
        dueAt,
        step: `-s${step}r${round}`,
        ...(unacked > 0 ? { detail: { unacked } } : {}),
      });
  }

  function receiversOf(
    who: NotifyStep,
    before: readonly OutboxItem[],
    severity: Severity,
    now: number,
  ): { receiver: Receiver; dueAt: number }[] {
    if (who.channel !== undefined) {
      const receiver = receivers.byRoute(`channel:${who.channel}`);
      return receiver ? [{ receiver, dueAt: now }] : [];
    }
    return usersOf(who, now).flatMap((user) => {
      const ways = receivers.ofPerson(user);
      const used = before.filter((item) => ways.some(({ route }) => route === item.route)).length;
      const receiver = ways[used % Math.max(1, ways.length)];
      if (!receiver) return [];
      const callee = state.oncall.callee(user);
      const held = severity !== 'page' && callee !== null && isQuiet(callee, now);
      return [{ receiver, dueAt: held ? quietEnd(callee, now) : now }];
    });
  }

  /** When no one is on call, everybody of the rotation is told: better too many than nobody. */
  function usersOf(who: NotifyStep, now: number): string[] {
    if (who.person !== undefined) return [who.person];
    const rotation = who.rotation === undefined ? null : state.oncall.rotation(who.rotation);
    if (!rotation) return [];
    const user = onCallAt(rotation, state.oncall.overrides(rotation.id, now), now);
    return user !== null && receivers.ofPerson(user).length > 0 ? [user] : rotation.members;
  }

  /** Null when it goes on; else when to look again. */
  function pausedUntil(incident: Incident, now: number): number | null {
    if (incident.acknowledged_until !== null && incident.acknowledged_until > now) return incident.acknowledged_until;
    const what = { ap: incident.ap, site: siteOf(state, incident.ap) };
    return silenceOver(state.alerts.silences(now), what, now)?.until ?? null;
  }

  return {
    begin(incident, severity, now) {
      if (state.escalations.get(incident.id)) return true;
      const policy = state.oncall.policies().find(({ severities }) => severities.includes(severity));
      if (!policy) return false;
      const { id, steps, working } = policy;
      const fresh = {
        incident: incident.id,
        severity,
        policy: id,
        steps,
        working,
        step: 0,
        round: 0,
        dueAt: now,
        state: 'running',
      } as const;
      take({ ...fresh, steps: [...steps] }, incident, now);
      return true;
    },
    end(incident) {
      const escalation = state.escalations.get(incident);
      if (escalation) state.escalations.put({ ...escalation, dueAt: null, state: 'stopped' });
    },
    tick(now) {
      for (const escalation of state.escalations.due(now, AT_ONCE))
        state.transaction(() => {
          const incident = state.alerts.get(escalation.incident);
          if (incident?.condition !== 'firing')
            return state.escalations.put({ ...escalation, dueAt: null, state: 'stopped' });
          const paused = pausedUntil(incident, now);
          if (paused === null) take(escalation, incident, now);
          else state.escalations.put({ ...escalation, dueAt: paused });
        });
    },
    fallBack(item, now) {
      const user = receivers.personOf(item.route);
      if (user === null || item.incident === null) return;
      const told = new Set(state.outbox.ofIncident(item.incident).map(({ route }) => route));
      const next = receivers.ofPerson(user).find(({ route }) => !told.has(route));
      if (next)
        addMessage(state, next, {
          incident: item.incident,
          kind: item.kind,
          severity: item.severity,
          now,
          step: `-f${item.id}`,
        });
    },
  };
}

/** Of the policy, else of the library. On a holiday nobody works, and a closed day of the library is none of its hours. */
function hoursOf(state: Pick<State, 'keep'>, working: WorkingHours | null, site: Site | null): Hours {
  const place = working ? { id: '', ...working } : site;
  const next = (at: number): number | null =>
    place ? (openSpansOf(place, readCalendar(state), at, at + HORIZON_MS)[0]?.[0] ?? null) : at;
  return { working: (at) => next(at) === at, nextWorking: next };
}
