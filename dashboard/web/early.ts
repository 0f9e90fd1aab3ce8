/**
 * Why: on a slow line the page's script takes longer than everything else. Where somebody was signed in before, what every page needs is
 * asked for while the script is still on its way. Imports nothing.
 */
(() => {
  try {
    if (localStorage.getItem('carrel.signedIn') !== 'yes') return;
  } catch {
    return; // storage is refused in some private windows: the page asks by itself
  }
  const ask = (path: string) =>
    [path, fetch(`/api/v1${path}`, { credentials: 'same-origin' }).catch(() => null)] as const;
  Object.assign(globalThis, { carrelEarly: new Map(['/me', '/live/snapshot', '/roster'].map(ask)) });
})();
