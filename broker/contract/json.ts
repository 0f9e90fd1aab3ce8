/** Why: hostile JSON becomes typed values without a throw: small readers that answer `undefined` when the shape is wrong. */

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parsed JSON, or undefined where the text is not JSON or nests deeper than `maxDepth`. */
export function parseJson(text: string, maxDepth = 8): unknown {
  if (!withinDepth(text, maxDepth)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counts brackets outside strings, so that a deep bomb is refused before JSON.parse recurses into it. */
export function withinDepth(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > maxDepth) return false;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return true;
}

export function textIn(object: JsonObject, key: string, maxLength: number): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' && value.length <= maxLength ? value : undefined;
}

export function numberIn(object: JsonObject, key: string, min: number, max: number): number | undefined {
  const value = own(object, key);
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}

export function integerIn(object: JsonObject, key: string, min: number, max: number): number | undefined {
  const value = numberIn(object, key, min, max);
  return Number.isInteger(value) ? value : undefined;
}

export function booleanIn(object: JsonObject, key: string): boolean | undefined {
  const value = own(object, key);
  return typeof value === 'boolean' ? value : undefined;
}

export function wordIn<const W extends readonly string[]>(
  object: JsonObject,
  key: string,
  words: W,
): W[number] | undefined {
  const value = own(object, key);
  return words.find((word) => word === value);
}

/** Own keys only: `__proto__` and `constructor` are never answered from the prototype. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
