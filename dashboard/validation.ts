/** Why: bodies are taken as they are (null never becomes 0, unknown fields are refused); only texts of URLs are read as numbers. */
import AjvCompiler from '@fastify/ajv-compiler';
import type { FastifySchemaCompiler } from 'fastify';

type Compile = ReturnType<ReturnType<typeof AjvCompiler>>;
type Validate = ReturnType<FastifySchemaCompiler<unknown>>;

/**
 * For Fastify's `setValidatorCompiler`. The shared schemas of answers (api/describe.ts) are not given to it: nothing that comes in refers to
 * them. A route's schema is compiled when the route is first asked: to compile all of them is more than half of the work of a start.
 */
export function createValidators(): FastifySchemaCompiler<unknown> {
  const strict = AjvCompiler()({}, { customOptions: { ...OPTIONS, coerceTypes: false } });
  const coercing = AjvCompiler()({}, { customOptions: { ...OPTIONS, coerceTypes: true } });
  return (route) => whenAsked(route.httpPart === 'body' ? strict : coercing, route);
}

// All errors at once: a person mends a form in one go. Bodies are small, so that this is no lever for an attacker.
const OPTIONS = { removeAdditional: false, useDefaults: true, allErrors: true, allowUnionTypes: true } as const;

function whenAsked(compile: Compile, route: Parameters<Compile>[0]): Validate {
  let compiled: ReturnType<Compile> | null = null;
  const validate: Validate = (data) => {
    compiled ??= compile(route);
    const valid = compiled(data) === true;
    // Fastify looks for them at the function that it called.
    validate.errors = compiled.errors ?? null;
    return valid;
  };
  return validate;
}
