/** Why: people's ways to be reached, rotations and policies survive restarts here. Users themselves are in people.ts. */
import {
  type Callee,
  isObject,
  LANGUAGES,
  type OpeningHours,
  type Policy,
  type PolicyStep,
  type Rotation,
  type RotationOverride,
  type WorkingHours,
} from '#contract';
import { severitiesOf } from './channels.ts';
import type { Database } from './database.ts';
import { json, number, numberOrNull, type Row, text, textOrNull, word } from './row.ts';

export interface OnCallState {
  callee(user: string): Callee | null;
  /** Replaces everything of this person; contacts keep their id where channel and address stay. */
  putCallee(callee: Omit<Callee, 'contacts'> & { contacts: { channel: number | null; address: string }[] }): void;
  contact(id: number): { id: number; user: string; channel: number | null; address: string } | null;
  rotations(): Rotation[];
  rotation(id: number): Rotation | null;
  addRotation(rotation: Omit<Rotation, 'id'>): number;
  updateRotation(rotation: Rotation): void;
  dropRotation(id: number): void;
  /** Those of a rotation that have not ended at `now`. */
  overrides(rotation: number, now: number): RotationOverride[];
  addOverride(override: Omit<RotationOverride, 'id'>): number;
  dropOverride(id: number): boolean;
  policies(): Policy[];
  policy(id: number): Policy | null;
  addPolicy(policy: Omit<Policy, 'id'>): number;
  updatePolicy(policy: Policy): void;
  dropPolicy(id: number): void;
}

export function onCallState(database: Database): OnCallState {
  return { ...calleesOf(database), ...rotationsOf(database), ...overridesOf(database), ...policiesOf(database) };
}

function calleesOf(database: Database): Pick<OnCallState, 'callee' | 'putCallee' | 'contact'> {
  const contacts = (user: string) =>
    database.all('SELECT * FROM contacts WHERE user = ? ORDER BY place', user).map((row) => ({
      id: number(row, 'id'),
      channel: numberOrNull(row, 'channel'),
      address: text(row, 'address'),
    }));
  return {
    callee(user) {
      const row = database.get('SELECT * FROM callees WHERE user = ?', user);
      return row && { ...calleeOf(row), contacts: contacts(user) };
    },
    putCallee: ({ user, lang, zone, quiet, contacts: wanted }) =>
      database.transaction(() => {
        database.run(
          `INSERT INTO callees (user, lang, zone, quiet_from, quiet_to) VALUES (?1, ?2, ?3, ?4, ?5)
           ON CONFLICT (user) DO UPDATE SET lang = ?2, zone = ?3, quiet_from = ?4, quiet_to = ?5`,
          user,
          lang,
          zone,
          quiet?.from ?? null,
          quiet?.to ?? null,
        );
        const before = contacts(user);
        const same = (a: { channel: number | null; address: string }, b: typeof a): boolean =>
          a.channel === b.channel && a.address === b.address;
        for (const old of before)
          if (!wanted.some((one) => same(one, old))) database.run('DELETE FROM contacts WHERE id = ?', old.id);
        for (const [place, one] of wanted.entries()) {
          const known = before.find((old) => same(one, old));
          if (known) database.run('UPDATE contacts SET place = ? WHERE id = ?', place, known.id);
          else
            database.run(
              'INSERT INTO contacts (user, channel, address, place) VALUES (?, ?, ?, ?)',
              user,
              one.channel,
              one.address,
              place,
            );
        }
      }),
    contact(id) {
      const row = database.get('SELECT * FROM contacts WHERE id = ?', id);
      return (
        row && { id, user: text(row, 'user'), channel: numberOrNull(row, 'channel'), address: text(row, 'address') }
      );
    },
  };
}

type Rotations = Pick<OnCallState, 'rotations' | 'rotation' | 'addRotation' | 'updateRotation' | 'dropRotation'>;

function rotationsOf(database: Database): Rotations {
  const columns = (rotation: Omit<Rotation, 'id'>) =>
    [
      rotation.name,
      rotation.zone,
      JSON.stringify(rotation.members),
      rotation.days,
      rotation.start_day,
      rotation.handover,
      rotation.hours && JSON.stringify(rotation.hours),
    ] as const;
  return {
    rotations: () => database.all('SELECT * FROM rotations ORDER BY id').map(rotationOf),
    rotation(id) {
      const row = database.get('SELECT * FROM rotations WHERE id = ?', id);
      return row && rotationOf(row);
    },
    addRotation: (rotation) =>
      database.run(
        'INSERT INTO rotations (name, zone, members, days, start_day, handover, hours) VALUES (?, ?, ?, ?, ?, ?, ?)',
        ...columns(rotation),
      ).id,
    updateRotation(rotation) {
      database.run(
        'UPDATE rotations SET name = ?, zone = ?, members = ?, days = ?, start_day = ?, handover = ?, hours = ? WHERE id = ?',
        ...columns(rotation),
        rotation.id,
      );
    },
    dropRotation(id) {
      database.run('DELETE FROM rotations WHERE id = ?', id);
    },
  };
}

function overridesOf(database: Database): Pick<OnCallState, 'overrides' | 'addOverride' | 'dropOverride'> {
  return {
    overrides: (rotation, now) =>
      database
        .all('SELECT * FROM rotation_overrides WHERE rotation = ? AND to_ms > ? ORDER BY id', rotation, now)
        .map((row) => ({
          id: number(row, 'id'),
          rotation: number(row, 'rotation'),
          user: textOrNull(row, 'user'),
          from: number(row, 'from_ms'),
          to: number(row, 'to_ms'),
        })),
    addOverride: ({ rotation, user, from, to }) =>
      database.run(
        'INSERT INTO rotation_overrides (rotation, user, from_ms, to_ms) VALUES (?, ?, ?, ?)',
        rotation,
        user,
        from,
        to,
      ).id,
    dropOverride: (id) => database.run('DELETE FROM rotation_overrides WHERE id = ?', id).changes > 0,
  };
}

type Policies = Pick<OnCallState, 'policies' | 'policy' | 'addPolicy' | 'updatePolicy' | 'dropPolicy'>;

function policiesOf(database: Database): Policies {
  const columns = ({ name, severities, steps, working }: Omit<Policy, 'id'>) =>
    [name, JSON.stringify(severities), JSON.stringify(steps), working && JSON.stringify(working)] as const;
  return {
    policies: () => database.all('SELECT * FROM policies ORDER BY id').map(policyOf),
    policy(id) {
      const row = database.get('SELECT * FROM policies WHERE id = ?', id);
      return row && policyOf(row);
    },
    addPolicy: (policy) =>
      database.run('INSERT INTO policies (name, severities, steps, working) VALUES (?, ?, ?, ?)', ...columns(policy))
        .id,
    updatePolicy(policy) {
      database.run(
        'UPDATE policies SET name = ?, severities = ?, steps = ?, working = ? WHERE id = ?',
        ...columns(policy),
        policy.id,
      );
    },
    dropPolicy(id) {
      database.run('DELETE FROM policies WHERE id = ?', id);
    },
  };
}

function calleeOf(row: Row): Omit<Callee, 'contacts'> {
  const [from, to] = [numberOrNull(row, 'quiet_from'), numberOrNull(row, 'quiet_to')];
  return {
    user: text(row, 'user'),
    lang: word(row, 'lang', LANGUAGES),
    zone: text(row, 'zone'),
    quiet: from === null || to === null ? null : { from, to },
  };
}

function rotationOf(row: Row): Rotation {
  return {
    id: number(row, 'id'),
    name: text(row, 'name'),
    zone: text(row, 'zone'),
    members: json(row, 'members', textsOf),
    days: number(row, 'days'),
    start_day: number(row, 'start_day'),
    handover: number(row, 'handover'),
    hours: row['hours'] === null ? null : json(row, 'hours', hoursOf),
  };
}

function policyOf(row: Row): Policy {
  return {
    id: number(row, 'id'),
    name: text(row, 'name'),
    severities: json(row, 'severities', severitiesOf),
    steps: json(row, 'steps', stepsOf),
    working: row['working'] === null ? null : json(row, 'working', workingOf),
  };
}

/** Written by the API, which checks them; what lies here is of that shape or damaged. */
export function stepsOf(value: unknown): PolicyStep[] | undefined {
  return Array.isArray(value) && value.every((step) => isObject(step) && typeof step['do'] === 'string')
    ? (value as PolicyStep[])
    : undefined;
}
export function workingOf(value: unknown): WorkingHours | undefined {
  if (!isObject(value) || typeof value['zone'] !== 'string') return undefined;
  const opening = hoursOf(value['opening']);
  return opening && { zone: value['zone'], opening };
}
function hoursOf(value: unknown): OpeningHours | undefined {
  return Array.isArray(value) && value.length === 7 ? (value as unknown as OpeningHours) : undefined;
}
function textsOf(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((part) => typeof part === 'string') ? value : undefined;
}
