/** Why: bodies are taken as they are (null never becomes 0, unknown fields are refused); only texts of URLs are read as numbers. */
import AjvCompiler from '@fastify/ajv-compiler';

type BuildValidator = ReturnType<typeof AjvCompiler>;

/**
 * For Fastify's `schemaController.compilersFactory.buildValidator`. The shared schemas are those of answers (api/describe.ts); nothing that
 * comes in refers to them, and to compile them costs 0.8 s at each start.
 */
export const buildValidator: BuildValidator = () => {
  const strict = AjvCompiler()({}, { customOptions: { ...OPTIONS, coerceTypes: false } });
  const coercing = AjvCompiler()({}, { customOptions: { ...OPTIONS, coerceTypes: true } });
  return (route) => (isBody(route) ? strict : coercing)(route);
};

// All errors at once: a person mends a form in one go. Bodies are small, so that this is no lever for an attacker.
const OPTIONS = { removeAdditional: false, useDefaults: true, allErrors: true, allowUnionTypes: true } as const;

function isBody(route: unknown): boolean {
  return typeof route === 'object' && route !== null && 'httpPart' in route && route.httpPart === 'body';
}
