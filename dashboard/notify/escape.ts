/** Why: names of libraries are typed by people. None of them may become a header, markup or a call to a whole room. */

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Titles become mail subjects and headers: no line break may start a header of its own. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

/** `@channel`, `@here`, `@anybody`: a sign of no width after the @ takes its power away in every chat. */
export function quietMentions(text: string): string {
  return text.replace(/@(?=[\p{L}\p{N}_])/gu, '@\u200b');
}

/** Markdown as Mattermost and Adaptive Cards read it. */
export function escapeMarkdown(text: string): string {
  return quietMentions(text.replace(/[\\`*_{}[\]()#+!|~>:<-]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`)));
}

/** At most `limit` UTF-16 units, cut at a whole sign, with a mark where something is missing. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit - 1);
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** At most `limit` bytes of UTF-8. */
export function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  let kept = text;
  while (Buffer.byteLength(kept) > limit - 3) kept = kept.slice(0, Math.floor(kept.length * 0.95) - 1);
  return cut(`${kept}……`, kept.length + 1);
}
