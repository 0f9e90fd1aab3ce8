/**
 * Why: on a slow line the page's script takes longer than everything else. Where somebody was signed in before, what every page needs is
 * asked for while the script is still on its way. The roster is asked for by the version
 * that was seen last, which the browser may still have. Imports nothing.
 */
(() => {
  let hash: string | null = null;
  try {
    if (localStorage.getItem('carrel.signedIn') !== 'yes') return;
    hash = localStorage.getItem('carrel.roster');
  } catch {
    return; // storage is refused in some private windows: the page asks by itself
  }
  const ask = (path: string, query = '') =>
    [path, fetch(`/api/v1${path}${query}`, { credentials: 'same-origin' }).catch(() => null)] as const;
  const version = hash ? `&hash=${encodeURIComponent(hash)}` : '';
  const { pathname, search } = location;
  const answers = [ask('/me')];
  // The table stands with its first rows: all others would take the line from the script.
  if (pathname === '/sites' && search === '') answers.push(ask('/live/first'));
  else answers.push(ask('/live/snapshot'), ask('/roster?part=names', version));
  // Lists do without the rest of it until they stand.
  if (!/^\/(sites)?$/.test(pathname)) answers.push(ask('/roster?part=details', version));
  Object.assign(globalThis, { carrelEarly: new Map(answers) });
})();
