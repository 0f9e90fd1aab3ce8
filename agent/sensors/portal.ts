/** Why: behind a sign-in page every handshake succeeds and nothing works. A page that must answer 204 tells. */
import type { PortalPage } from './targets.ts';

/** True where something else than 204 answered at `address`, the page's host; null where nothing did. Never rejects. */
export async function askPortal(
  page: PortalPage,
  address: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean | null> {
  const { get } = await import('node:http'); // 1 MB of memory that a probe without such a target never spends
  return new Promise((resolve) => {
    const { port, pathname, search, host } = new URL(page.url);
    const options = {
      host: address,
      port: Number(port || 80),
      path: pathname + search,
      headers: { host, connection: 'close' },
      agent: false,
    };
    const request = get(options, (response) => {
      response.destroy(); // the status is all that counts: a sign-in page may be large
      finish(response.statusCode === undefined ? null : response.statusCode !== 204);
    });
    const finish = (portal: boolean | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      request.destroy();
      resolve(portal);
    };
    const onAbort = (): void => finish(null);
    const timer = setTimeout(onAbort, timeoutMs);
    signal.addEventListener('abort', onAbort);
    request.on('error', onAbort);
  });
}
