/** Why: what each rule may be given, and what was changed: read by everybody, changed by administrators. */
import type { FastifyInstance } from 'fastify';
import type { RulesView } from '#contract';
import type { DashboardDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { wordRules } from '../said/rules.ts';
import type { Allow } from '../session.ts';

const values = { type: 'object', additionalProperties: { type: ['number', 'boolean', 'string'] } } as const;
const body = {
  type: 'object',
  additionalProperties: false,
  properties: {
    all: values,
    metered: values,
    sites: { type: 'object', maxProperties: 20_000, additionalProperties: values },
  },
} as const;

export function registerRuleRoutes(
  app: FastifyInstance,
  { alerts }: Pick<DashboardDeps, 'alerts'>,
  allow: Allow,
): void {
  app.get(
    '/api/v1/rules',
    { onRequest: allow('viewer'), schema: { summary: 'Parameters of the alert rules, and what was changed' } },
    async (request): Promise<RulesView> => wordRules(alerts.rules(), languageOf(request)),
  );
  app.put<{ Body: object }>(
    '/api/v1/rules',
    {
      onRequest: allow('administrator'),
      schema: { summary: 'Replaces what was changed: for all sites, for metered ones, for single sites', body },
    },
    async (request): Promise<RulesView> => {
      alerts.editRules(request.body, request.who?.name ?? '');
      return wordRules(alerts.rules(), languageOf(request));
    },
  );
}
