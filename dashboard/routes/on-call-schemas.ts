/** Why: the shapes of what people send in about being on call, apart from what the routes do with them. */
import { LANGUAGES, SEVERITIES } from '#contract';
import { REPEATS_MAX } from '../notify/escalate.ts';
import { numberPath, siteFields, userNameField } from './schemas.ts';

const minute = { type: 'integer', minimum: 0, maximum: 1440, description: 'Local minutes of the day' } as const;
const name = { type: 'string', minLength: 1, maxLength: 60, pattern: '^[^\\u0000-\\u001f]*$' } as const;
/** As people write them, or as pairs of minutes. */
const week = siteFields.opening;
const severities = { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string', enum: SEVERITIES } } as const;

const body = (properties: object, required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length > 0 ? { required } : { minProperties: 1 }),
  properties,
});

export const callee = {
  summary: 'Language, quiet hours and ways to be reached, in order',
  params: { type: 'object', additionalProperties: false, required: ['user'], properties: { user: userNameField } },
  body: body(
    {
      lang: { type: 'string', enum: LANGUAGES },
      zone: siteFields.zone,
      quiet: {
        type: ['object', 'null'],
        additionalProperties: false,
        required: ['from', 'to'],
        properties: { from: minute, to: minute },
      },
      contacts: {
        type: 'array',
        maxItems: 8,
        items: body(
          {
            channel: { type: ['integer', 'null'], minimum: 1 },
            address: { type: 'string', minLength: 1, maxLength: 254 },
          },
          ['channel', 'address'],
        ),
      },
    },
    [],
  ),
};

const rotation = {
  name,
  zone: siteFields.zone,
  members: { type: 'array', minItems: 1, maxItems: 50, items: userNameField },
  days: { type: 'integer', minimum: 1, maximum: 28, description: 'Length of a turn' },
  start_day: {
    type: 'integer',
    minimum: 0,
    maximum: 100_000,
    description: 'First day of the first turn, days since 1970-01-01',
  },
  handover: minute,
  hours: { anyOf: [{ type: 'null' }, ...week.anyOf], description: `${week.description}. Null: always` },
} as const;
export const newRotation = {
  summary: 'Create a rotation',
  body: body(rotation, ['name', 'zone', 'members', 'days', 'handover', 'hours']),
};
export const changeRotation = { summary: 'Change a rotation', params: numberPath, body: body(rotation, []) };
export const newOverride = {
  summary: 'For this time somebody else, or nobody (null)',
  params: numberPath,
  body: body(
    {
      user: { ...userNameField, type: ['string', 'null'] },
      from: { type: 'integer', minimum: 0, description: 'ms since 1970' },
      to: { type: 'integer', minimum: 0, description: 'ms since 1970' },
    },
    ['user', 'from', 'to'],
  ),
};

const step = {
  type: 'object',
  additionalProperties: false,
  required: ['do'],
  properties: {
    do: { type: 'string', enum: ['wait', 'notify', 'repeat'] },
    minutes: { type: 'integer', minimum: 1, maximum: 2880 },
    until: { type: 'string', enum: ['working'] },
    person: userNameField,
    rotation: { type: 'integer', minimum: 1 },
    channel: { type: 'integer', minimum: 1 },
    severities,
    hours: { type: 'string', enum: ['working', 'off'] },
    times: { type: 'integer', minimum: 1, maximum: REPEATS_MAX },
  },
} as const;
const policy = {
  name,
  severities,
  steps: { type: 'array', minItems: 1, maxItems: 20, items: step },
  working: {
    anyOf: [{ type: 'null' }, body({ zone: siteFields.zone, opening: week }, ['zone', 'opening'])],
    description: 'Working hours; null: the opening hours of the site',
  },
} as const;
export const newPolicy = { summary: 'Create a policy', body: body(policy, ['name', 'severities', 'steps']) };
export const changePolicy = { summary: 'Change a policy', params: numberPath, body: body(policy, []) };
