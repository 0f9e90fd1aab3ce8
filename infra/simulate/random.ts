/** Why: the virtual fleet is the same in every run. Chance comes from a seed and a place, never from Math.random. */

/** Uniform in [0, 1) for a text and a number: FNV-1a with a final avalanche. The same arguments always give the same value. */
export function chance(key: string, n = 0): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (n | 0), 0x01000193) ^ Math.floor(n / 2 ** 32);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** About normal with mean 0 and deviation 1 (sum of four uniforms), within [-3.5, 3.5]. */
export function noise(key: string, n = 0): number {
  const sum = chance(key, n) + chance(`${key}b`, n) + chance(`${key}c`, n) + chance(`${key}d`, n);
  return (sum - 2) * 1.732;
}

/** One member of a list, by chance. */
export function pick<T>(list: readonly [T, ...T[]], key: string, n = 0): T {
  return list[Math.floor(chance(key, n) * list.length)] ?? list[0];
}
