/**
 * Why: openapi.json says what answers look like because it is made from the types that the code is checked against. TypeScript's own checker
 * reads dashboard/api/answers.ts; each named type becomes one schema, with its comments as descriptions. Run by `npm run docs`.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API, type Checker, SymbolFlags, type Type, TypeFlags, type UnionType } from 'typescript/unstable/sync';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'dashboard/api/answers.ts');

type Schema = Readonly<Record<string, unknown>>;
interface ApiSchemas {
  /** By route as answers.ts has it: `GET /sites`, `POST /sites 201`. */
  answers: Record<string, Schema>;
  /** By name of the type. */
  shapes: Record<string, Schema>;
}

/** The text of dashboard/api/schemas.json. */
export function apiSchemas(): string {
  const api = new API({ cwd: ROOT });
  try {
    const project = api.updateSnapshot({ openProjects: [join(ROOT, 'tsconfig.json')] }).getProjects()[0];
    if (!project) throw new Error('TypeScript found no project');
    return textOf(schemasOf(project.checker));
  } finally {
    api.close();
  }
}

/** A line for each route and shape: two changes meet in one line only where they change the same. */
function textOf({ answers, shapes }: ApiSchemas): string {
  const lines = (of: Record<string, Schema>): string =>
    Object.entries(of)
      .map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`)
      .join(',\n');
  return `{"answers":{\n${lines(answers)}\n},"shapes":{\n${lines(shapes)}\n}}\n`;
}

function schemasOf(checker: Checker): ApiSchemas {
  const shapes = new Map<string, Schema>();
  const { schemaOf, fieldsOf } = translator(checker, shapes);
  const named = (name: string): Type => {
    const found = checker.resolveName(name, SymbolFlags.Type, { document: SOURCE, position: 0 });
    if (!found) throw new Error(`dashboard/api/answers.ts has no type ${name}`);
    return checker.getDeclaredTypeOfSymbol(found);
  };
  const answers = Object.fromEntries(fieldsOf(named('Answers')).map(({ name, type }) => [name, schemaOf(type)]));
  schemaOf(named('Refusal'));
  return { answers, shapes: Object.fromEntries([...shapes].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

interface Field {
  name: string;
  type: Type;
  optional: boolean;
  words: string;
}

function translator(checker: Checker, shapes: Map<string, Schema>) {
  const fieldsOf = (type: Type): Field[] =>
    checker.getPropertiesOfType(type).flatMap((property) => {
      const own = checker.getTypeOfSymbol(property);
      if (!own) throw new Error(`${property.name} has no type`);
      if (own.flags & (TypeFlags.Undefined | TypeFlags.Never)) return []; // must not be there
      const optional = (property.flags & SymbolFlags.Optional) !== 0;
      return [{ name: property.name, type: own, optional, words: property.getDocumentationComment(checker).trim() }];
    });

  function schemaOf(type: Type): Schema {
    const name = nameOf(type);
    if (name === null) return bareSchemaOf(type);
    if (!shapes.has(name)) {
      shapes.set(name, {}); // for a shape that holds itself
      const words = (type.getAliasSymbol() ?? type.getSymbol())?.getDocumentationComment(checker).trim() ?? '';
      shapes.set(name, { ...(words === '' ? {} : { description: words }), ...bareSchemaOf(type) });
    }
    return { $ref: `${name}#` };
  }

  function bareSchemaOf(type: Type): Schema {
    if (type.flags & (TypeFlags.Any | TypeFlags.Unknown)) return {};
    if (type.flags & TypeFlags.Null) return { type: 'null' };
    if (type.isLiteralType()) return { const: type.value };
    if (type.flags & (TypeFlags.String | TypeFlags.TemplateLiteral)) return { type: 'string' };
    if (type.flags & TypeFlags.Number) return { type: 'number' };
    if (type.flags & TypeFlags.Boolean) return { type: 'boolean' };
    if (type.isUnionType()) return unionOf(type);
    if (type.isTypeReference() && checker.isTupleType(type)) return tupleOf(checker.getTypeArguments(type));
    if (type.isTypeReference() && checker.isArrayLikeType(type)) {
      const [item] = checker.getTypeArguments(type);
      return { type: 'array', items: item ? schemaOf(item) : {} };
    }
    return objectOf(type);
  }

  const tupleOf = (items: readonly Type[]): Schema => ({
    ...{ type: 'array', minItems: items.length, maxItems: items.length },
    items: oneOf(items.map(schemaOf)),
  });

  /** Null and words become part of one type where they can. */
  function unionOf(union: UnionType): Schema {
    const members = union.getTypes().filter(({ flags }) => !(flags & TypeFlags.Undefined));
    const literals = members.flatMap((one) =>
      one.isStringLiteralType() || one.isNumberLiteralType() ? [one.value] : [],
    );
    const flags = members.reduce((all, one) => all | one.flags, 0);
    const rest = members
      .filter((one) => !one.isLiteralType() && !(one.flags & TypeFlags.Boolean))
      .map((one) => schemaOf(one));
    const words = literals.length > 0 ? [{ enum: [...literals].sort() }] : [];
    const truth = flags & (TypeFlags.BooleanLiteral | TypeFlags.Boolean) ? [{ type: 'boolean' }] : [];
    return oneOf([...rest, ...words, ...truth]);
  }

  function objectOf(type: Type): Schema {
    const fields = fieldsOf(type);
    const [index] = checker.getIndexInfosOfType(type);
    const described = ({ type: own, words }: Field): Schema => {
      const schema = schemaOf(own);
      return words === '' ? schema : { description: words, ...('$ref' in schema ? { allOf: [schema] } : schema) };
    };
    const required = fields.filter(({ optional }) => !optional);
    return {
      type: 'object',
      additionalProperties: index ? schemaOf(index.valueType) : false,
      ...(required.length > 0 ? { required: required.map(({ name }) => name) } : {}),
      properties: Object.fromEntries(fields.map((field) => [field.name, described(field)])),
    };
  }

  return { schemaOf, fieldsOf };
}

function oneOf(schemas: readonly Schema[]): Schema {
  const distinct = [...new Map(schemas.map((one) => [JSON.stringify(one), one])).values()];
  const [only] = distinct;
  if (distinct.length === 1 && only) return only;
  const simple = distinct.map((one) => (Object.keys(one).join() === 'type' ? one['type'] : null));
  return simple.includes(null) ? { anyOf: distinct } : { type: simple };
}

/** Types of the contract have names of their own; what is made of others (Page<Site>, Omit<...>) is written out where it is used. */
function nameOf(type: Type): string | null {
  const alias = type.getAliasSymbol();
  if (alias) return type.getAliasTypeArguments().length > 0 || LIBRARY.has(alias.name) ? null : alias.name;
  const own = type.getSymbol();
  if (!own || !type.isClassOrInterface() || type.getTypeParameters().length > 0 || LIBRARY.has(own.name)) return null;
  return own.name;
}
const LIBRARY = new Set(['Array', 'ReadonlyArray', 'Record', 'Omit', 'Pick', 'Partial', 'Other', 'Answers']);
