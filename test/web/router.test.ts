import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hrefOf, routeOf, siteHref, withQuery } from '../../dashboard/web/router.ts';

test('each page has its address', () => {
  expect(routeOf('/')).toEqual({ page: 'overview' });
  expect(routeOf('/sites/')).toEqual({ page: 'sites' });
  expect(routeOf('/sites/anyksciai-1')).toEqual({ page: 'site', id: 'anyksciai-1' });
  expect(routeOf('/alerts/12')).toEqual({ page: 'incident' });
  expect(routeOf('/settings')).toEqual({ page: 'settings' });
  expect(routeOf('/fleet')).toEqual({ page: 'fleet' });
  expect(routeOf('/start')).toEqual({ page: 'start' });
});

test('what no page has is said to be unknown, also with broken percent signs', () => {
  for (const path of ['/nothing', '/alerts/x', '/sites/a/b', '/settings/x', '/sites/%E0%A4%A', '/alerts/-1'])
    expect(routeOf(path)).toEqual({ page: 'unknown' });
});

test('any id survives the way into the address and back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (id) => {
      const href = siteHref(id);
      expect(routeOf(new URL(href, 'http://carrel.test').pathname)).toEqual(
        id === '.' || id === '..' ? expect.anything() : { page: 'site', id },
      );
    }),
  );
});

test('the plain address stays plain, and one filter changes without the others', () => {
  expect(hrefOf('/sites', { q: '', state: null })).toBe('/sites');
  const place = { path: '/sites', query: new URLSearchParams('q=a b&state=below') };
  expect(withQuery(place, { state: 'offline' })).toBe('/sites?q=a+b&state=offline');
  expect(withQuery(place, { q: null, state: null })).toBe('/sites');
});
