/** Why: a browser names the address that the server then calls (SSRF): only push services that browsers really use, or that the settings name. */
import type { Trouble } from '../../said/said.ts';
import { type AddressGuard, createAddressGuard } from '../address-guard.ts';

/** Chromium's, Mozilla's, Microsoft's and Apple's. */
const KNOWN = [
  /^fcm\.googleapis\.com$/,
  /\.push\.services\.mozilla\.com$/,
  /\.notify\.windows\.com$/,
  /\.push\.apple\.com$/,
];
const LENGTH_MAX = 1000;

/** Null when it may be pushed to, else why not. `allowed`: CARREL_PUSH_HOSTS. */
export function refusedEndpoint(endpoint: string, allowed: readonly string[]): Trouble | null {
  if (endpoint.length > LENGTH_MAX || !URL.canParse(endpoint)) return { code: 'trouble.push_address' };
  const { protocol, hostname, username } = new URL(endpoint);
  const named = allowed.includes(hostname);
  if (username !== '' || (protocol !== 'https:' && !(named && protocol === 'http:')))
    return { code: 'trouble.push_plain' };
  return named || KNOWN.some((pattern) => pattern.test(hostname))
    ? null
    : { code: 'trouble.push_host', host: hostname };
}

/** What is named may be on this network. */
export const pushGuard = (allowed: readonly string[]): AddressGuard => createAddressGuard(allowed);
