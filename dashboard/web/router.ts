/** Why: the address is the page's state. Paths become routes, filters live in the query, Back and copied links always work. */
import { signal } from '@preact/signals';

export type Route =
  | { page: 'overview' }
  | { page: 'map' }
  | { page: 'wall' }
  | { page: 'sites' }
  | { page: 'site'; id: string }
  | { page: 'alerts' }
  /** Drawn by the server. */
  | { page: 'incident' }
  | { page: 'reports' }
  | { page: 'settings' }
  | { page: 'help' }
  | { page: 'glossary' }
  | { page: 'compare' }
  | { page: 'fleet' }
  | { page: 'live' }
  | { page: 'login' }
  | { page: 'setup' }
  | { page: 'start' }
  | { page: 'unknown' };

export interface Place {
  path: string;
  query: URLSearchParams;
}

/** The route of a path; `unknown` where no page has it. Never throws, also not on broken percent signs. */
export function routeOf(path: string): Route {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [first, second] = parts;
  if (parts.includes(null) || parts.length > 2) return { page: 'unknown' };
  if (first === undefined) return { page: 'overview' };
  if (first === 'sites') return second ? { page: 'site', id: second } : { page: 'sites' };
  if (first === 'alerts') {
    if (!second) return { page: 'alerts' };
    return /^\d{1,15}$/.test(second) ? { page: 'incident' } : { page: 'unknown' };
  }
  if (first === 'help') return { page: second === 'keys' ? 'help' : second === 'words' ? 'glossary' : 'unknown' };
  if (first === 'reports') return { page: 'reports' };
  if (second) return { page: 'unknown' };
  return first === 'map' ||
    first === 'compare' ||
    first === 'fleet' ||
    first === 'live' ||
    first === 'wall' ||
    first === 'settings' ||
    first === 'login' ||
    first === 'setup' ||
    first === 'start'
    ? { page: first }
    : { page: 'unknown' };
}

/** A path with a query of the given values; empty and null values are left out, so that the plain address stays plain. */
export function hrefOf(
  path: string,
  values: Readonly<Record<string, string | number | null | undefined>> = {},
): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '') query.set(key, String(value));
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The same place with some query values changed; null removes. */
export function withQuery(from: Place, changes: Readonly<Record<string, string | null>>): string {
  return hrefOf(from.path, { ...Object.fromEntries(from.query), ...changes });
}

export const siteHref = (site: string, ap?: string) => hrefOf(`/sites/${encodeURIComponent(site)}`, { ap });

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });
export const place = signal<Place>(
  typeof location === 'undefined' ? { path: '/', query: new URLSearchParams() } : here(),
);

/** Pages of the server's own: the browser goes there. */
const isDrawn = (path: string) => ['incident', 'reports'].includes(routeOf(path).page);

/** Goes to an address inside the page. `replace` for what Back should not step through (typing in a filter). */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  const before = place.value.path;
  place.value = here();
  if (how === 'push' && before !== place.value.path) scrollTo(0, 0);
}

/** Takes over plain clicks on links of this page and the browser's Back. Returns the stop. */
export function startRouter(): () => void {
  const back = () => {
    place.value = here();
  };
  const click = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button !== 0) return;
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey ||
      link.target ||
      link.hasAttribute('download')
    )
      return;
    if (
      link.origin !== location.origin ||
      link.getAttribute('href')?.startsWith('#') ||
      link.pathname.startsWith('/api/') ||
      isDrawn(link.pathname)
    )
      return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  };
  addEventListener('popstate', back);
  document.addEventListener('click', click);
  return () => {
    removeEventListener('popstate', back);
    document.removeEventListener('click', click);
  };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
