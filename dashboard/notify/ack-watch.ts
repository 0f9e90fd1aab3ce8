/** Why: who took an incident on for a time is told, with everybody else, when that time is over and it still goes on. */
import type { AlertView } from '#contract';
import type { State } from '#state';
import { addMessage } from './outbox-message.ts';

export interface AckWatch {
  /** After every change of an incident. */
  changed(alert: Pick<AlertView, 'id' | 'condition' | 'severity' | 'acknowledged_until'>, now: number): void;
}

export function createAckWatch(state: State): AckWatch {
  const taken = new Map<number, number>();
  for (const { id, acknowledged_until: until } of state.alerts.open()) if (until !== null) taken.set(id, until);
  return {
    changed({ id, condition, severity, acknowledged_until: until }, now) {
      const before = taken.get(id);
      if (until !== null) taken.set(id, until);
      else taken.delete(id);
      if (before === undefined || until !== null || condition !== 'firing') return;
      const told = state.outbox.ofIncident(id).filter((item) => item.kind === 'firing' && item.state === 'sent');
      const routes = new Map(told.map((item) => [item.route, item]));
      state.transaction(() => {
        for (const { route, channel, target } of routes.values())
          addMessage(
            state,
            { route, kind: channel, label: target },
            { incident: id, kind: 'update', severity, now, step: `-ack${before}`, detail: { why: 'ack_ended' } },
          );
      });
    },
  };
}
