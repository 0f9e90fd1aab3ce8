/** Why: the service worker is what stands when the network does not: it is asked for by the large page and by drawn ones alike. */

/** Only where browsers allow one: over https, and on this machine. */
export function startWorker(): void {
  if (!('serviceWorker' in navigator) || !isSecureContext) return;
  navigator.serviceWorker.register('/sw.js', { scope: '/', updateViaCache: 'none' }).catch((error: unknown) => {
    console.warn('no service worker', error);
  });
}
