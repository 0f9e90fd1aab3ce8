/** Why: one step of a policy as a row of choices, and as a sentence. */
import { type ChannelView, type PolicyStep, type RotationView, SEVERITIES, type Severity } from '#contract';
import { notify } from '../words-notify.ts';

const w = notify.policies;
export interface Names {
  channels: ChannelView[];
  rotations: RotationView[];
  people: string[];
}

type Kind = keyof typeof w.kinds;
/** As the row holds it. `only`: severities joined by `+`, empty for all. */
export interface Draft {
  kind: Kind;
  value: string;
  only: string;
  hours: '' | 'working' | 'off';
}
const KINDS: readonly Kind[] = ['rotation', 'person', 'channel', 'wait', 'working', 'repeat'];
const HOURS = ['', 'working', 'off'] as const;

export function sentenceOf(step: PolicyStep, { channels, rotations }: Names): string {
  if (step.do === 'repeat') return w.said.repeat(step.times);
  if (step.do === 'wait') return step.until ? w.said.working : w.said.wait(step.minutes ?? 0);
  const told =
    step.person !== undefined
      ? w.said.tell(step.person)
      : step.rotation !== undefined
        ? w.said.onCall(rotations.find(({ id }) => id === step.rotation)?.name ?? w.said.gone)
        : w.said.tell(channels.find(({ id }) => id === step.channel)?.name ?? w.said.gone);
  const when = [
    ...(step.severities ? [step.severities.map((one) => notify.severities[one]).join(', ')] : []),
    ...(step.hours ? [w.hours[step.hours]] : []),
  ];
  return when.length > 0 ? `${told} (${when.join('; ')})` : told;
}

export function draftOf(step: PolicyStep): Draft {
  const always = { only: '', hours: '' } as const;
  if (step.do === 'repeat') return { kind: 'repeat', value: String(step.times), ...always };
  if (step.do === 'wait')
    return step.until
      ? { kind: 'working', value: '', ...always }
      : { kind: 'wait', value: String(step.minutes), ...always };
  const when = { only: step.severities?.join('+') ?? '', hours: step.hours ?? '' } as const;
  if (step.person !== undefined) return { kind: 'person', value: step.person, ...when };
  return step.rotation !== undefined
    ? { kind: 'rotation', value: String(step.rotation), ...when }
    : { kind: 'channel', value: String(step.channel), ...when };
}

export function stepOf({ kind, value, only, hours }: Draft): PolicyStep {
  const when = {
    ...(only === '' ? {} : { severities: SEVERITIES.filter((one) => only.split('+').includes(one)) }),
    ...(hours === '' ? {} : { hours }),
  };
  switch (kind) {
    case 'person':
      return { do: 'notify', person: value, ...when };
    case 'rotation':
      return { do: 'notify', rotation: Number(value), ...when };
    case 'channel':
      return { do: 'notify', channel: Number(value), ...when };
    case 'wait':
      return { do: 'wait', minutes: Number(value) };
    case 'working':
      return { do: 'wait', until: 'working' };
    case 'repeat':
      return { do: 'repeat', times: Number(value) };
  }
}

function choicesOf(kind: Kind, { channels, rotations, people }: Names): [value: string, label: string][] | null {
  if (kind === 'person') return people.map((name) => [name, name]);
  if (kind === 'rotation') return rotations.map(({ id, name }) => [String(id), name]);
  return kind === 'channel' ? channels.map(({ id, name }) => [String(id), name]) : null;
}
export const firstOf = (kind: Kind, names: Names): string =>
  choicesOf(kind, names)?.[0]?.[0] ?? (kind === 'wait' ? '15' : kind === 'repeat' ? '2' : '');

interface StepRowProps {
  at: number;
  draft: Draft;
  names: Names;
  change: (draft: Draft) => void;
  remove: () => void;
  /** Null for the first. */
  earlier: (() => void) | null;
}
export function StepRow({ at, draft, names, change, remove, earlier }: StepRowProps) {
  const choices = choicesOf(draft.kind, names);
  const label = w.step(at + 1);
  return (
    <div class="all way" role="group" aria-label={label}>
      <select
        aria-label={label}
        value={draft.kind}
        onChange={(event) => {
          const kind = KINDS.find((one) => one === event.currentTarget.value) ?? 'wait';
          change({ kind, value: firstOf(kind, names), only: '', hours: '' });
        }}
      >
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {w.kinds[kind]}
          </option>
        ))}
      </select>
      {choices ? (
        <>
          <select
            aria-label={`${label}, ${w.kinds[draft.kind]}`}
            value={draft.value}
            onChange={(event) => change({ ...draft, value: event.currentTarget.value })}
          >
            {choices.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
          <Conditions label={label} draft={draft} change={change} />
        </>
      ) : draft.kind === 'working' ? null : (
        <input
          aria-label={`${label}, ${w.kinds[draft.kind]}`}
          type="number"
          min={1}
          max={draft.kind === 'repeat' ? 5 : 2880}
          required
          value={draft.value}
          onInput={(event) => change({ ...draft, value: event.currentTarget.value })}
        />
      )}
      {earlier ? (
        <button class="btn" type="button" onClick={earlier}>
          {w.earlier}
          <span class="vh"> {at + 1}</span>
        </button>
      ) : null}
      <button class="btn" type="button" onClick={remove}>
        {w.removeStep}
        <span class="vh"> {at + 1}</span>
      </button>
    </div>
  );
}

function Conditions({ label, draft, change }: { label: string; draft: Draft; change: (draft: Draft) => void }) {
  // Two of three severities is rare: offered only where it is so already.
  const only = ['', ...SEVERITIES, ...(draft.only.includes('+') ? [draft.only] : [])];
  const named = (value: string): string =>
    value === ''
      ? w.allSeverities
      : value
          .split('+')
          .map((one) => notify.severities[one as Severity])
          .join(', ');
  return (
    <>
      <select
        aria-label={`${label}, ${w.only}`}
        value={draft.only}
        onChange={(event) => change({ ...draft, only: event.currentTarget.value })}
      >
        {only.map((value) => (
          <option key={value} value={value}>
            {named(value)}
          </option>
        ))}
      </select>
      <select
        aria-label={`${label}, ${w.when}`}
        value={draft.hours}
        onChange={(event) => change({ ...draft, hours: HOURS.find((one) => one === event.currentTarget.value) ?? '' })}
      >
        {HOURS.map((value) => (
          <option key={value} value={value}>
            {value === '' ? w.always : w.hours[value]}
          </option>
        ))}
      </select>
    </>
  );
}
