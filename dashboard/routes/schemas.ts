/** Why: bodies and paths that several routes take; what they mean is checked once more where it is stored. */
import { ROLES, SCOPED } from '#contract';
import { PASSWORD_MAX } from '../password.ts';

const ID = { type: 'string', pattern: '^[a-z0-9-]{1,48}$' } as const;
export const idField = ID;
/** Milliseconds since 1970, as far as a store counts seconds. */
export const momentField = { type: 'integer', minimum: 0, maximum: 4_294_967_295_000 } as const;
export const roleField = { type: 'string', enum: ROLES } as const;
/** What a token sees is limited by nobody: roles that see only some sites are for people. */
export const tokenRoleField = { type: 'string', enum: ROLES.filter((role) => !SCOPED[role]) } as const;
const NAMES = { type: 'array', maxItems: 500, items: { type: 'string', maxLength: 80 } } as const;
export const scopeField = {
  type: ['object', 'null'],
  description: 'Which sites (ids) a librarian and which regions a coordinator sees',
  additionalProperties: false,
  required: ['sites', 'regions'],
  properties: { sites: NAMES, regions: NAMES },
} as const;
export const userNameField = {
  type: 'string',
  pattern: '^[a-z0-9._@-]{1,64}$',
  description: 'a-z, 0-9 and . _ @ -',
} as const;
/** Length is judged with words of its own, not by the schema. */
export const passwordField = { type: 'string', maxLength: PASSWORD_MAX * 4 } as const;
export const emailField = {
  type: ['string', 'null'],
  maxLength: 254,
  pattern: '^[^\\s@<>"]{1,64}@[^\\s@<>"]{1,189}$',
} as const;

/** `/:id` of what is numbered. */
export const numberPath = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: { type: 'integer', minimum: 1 } },
} as const;

export function pathOf(...names: string[]) {
  return {
    type: 'object',
    additionalProperties: false,
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, ID])),
  };
}

/** Without `required`: what is left out keeps its value, or gets the default. */
export const siteFields = {
  id: ID,
  name: { type: 'string', maxLength: 120 },
  region: { type: 'string', maxLength: 80 },
  isp: { type: 'string', maxLength: 80 },
  zone: { type: 'string', maxLength: 64, description: 'IANA time zone, such as Europe/Vilnius' },
  opening: {
    description:
      'Seven days, Monday first, of [from, to] pairs in minutes; or a text such as Mo-Fr 10:00-18:00; Sa 10:00-14:00',
    anyOf: [
      { type: 'string', maxLength: 400 },
      {
        type: 'array',
        minItems: 7,
        maxItems: 7,
        items: {
          type: 'array',
          maxItems: 6,
          items: { type: 'array', minItems: 2, maxItems: 2, items: { type: 'integer', minimum: 0, maximum: 1440 } },
        },
      },
    ],
  },
  contract_mbps: { type: ['number', 'null'], description: 'Contracted download speed, Mb/s' },
  metered: { type: 'boolean' },
  lat: { type: ['number', 'null'] },
  lon: { type: ['number', 'null'] },
  notes: { type: 'string', maxLength: 2000 },
  target_mbps: { type: 'number', description: 'Of the access point that is made with the site, Mb/s' },
} as const;
