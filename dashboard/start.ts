/** Why: brings the web server up: first administrator, token of this machine, configurations of probes, listener. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { schedule } from 'node-cron';
import { CarrelError, errnoOf } from '#lib/errors';
import type { DashboardDeps } from './deps.ts';
import { ensureCliToken, firstAdministrator } from './first-start.ts';
import { createPasswords } from './password.ts';
import { publishDesired } from './registry/publish.ts';
import { buildServer, type Route } from './server.ts';

export type StartDeps = Omit<DashboardDeps, 'publicUrl' | 'passwords'> & {
  /** Where cli.token is kept. */ dataDir: string;
};
export interface Dashboard {
  /** The address that people use. */
  address: string;
  /** One-time link for the first administrator; null when there is one. */
  setupUrl: string | null;
  stop(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = { web: join(ROOT, 'dist/web'), dist: join(ROOT, 'dist'), deploy: join(ROOT, 'infra/deploy') };

/** @throws CarrelError PORT_IN_USE, ADDRESS_UNUSABLE, DATA_UNWRITABLE */
export async function startServer(deps: StartDeps, routes: readonly Route[]): Promise<Dashboard> {
  const { settings, state, broker } = deps;
  let bound = boundUrl(settings.CARREL_HTTP.host, settings.CARREL_HTTP.port);
  const publicUrl = (): string => settings.CARREL_PUBLIC_URL ?? bound;
  const passwords = createPasswords();
  const setupToken = await firstAdministrator(deps, passwords);
  ensureCliToken(deps, deps.dataDir);
  const app = await buildServer({ ...deps, passwords, publicUrl }, { folders: FOLDERS, routes });
  bound = await listen(app, settings.CARREL_HTTP);
  warnOfClearText(deps, publicUrl());
  const publishAll = (): void =>
    publishDesired(
      deps,
      state.registry.probes().map((probe) => probe.id),
    );
  publishAll();
  // The days on which a library is closed are told for three months, and anew on the first of each.
  const monthly = schedule('7 0 1 * *', publishAll, { timezone: 'UTC', noOverlap: true, suppressMissedWarning: true });
  // Probes that are registered without the API (the one of this machine) get theirs when they come.
  const unsubscribe = broker.onPresence(({ probe, online }) => {
    if (online && state.registry.desired(probe) === null) publishDesired(deps, [probe]);
  });
  return {
    address: publicUrl(),
    setupUrl: setupToken === null ? null : `${publicUrl()}/setup?token=${setupToken}`,
    async stop() {
      unsubscribe();
      await monthly.destroy();
      await app.close();
    },
  };
}

/** Allowed, for a library's own network; but nobody should do it without knowing. */
function warnOfClearText({ log, settings }: Pick<StartDeps, 'log' | 'settings'>, publicUrl: string): void {
  const { host } = settings.CARREL_HTTP;
  if (/^(127\.|::1$|localhost$)/.test(host) || publicUrl.startsWith('https:')) return;
  log.warn(
    { host },
    'the page is served beyond this machine without https: passwords travel in clear; put a proxy with a certificate in front and set CARREL_PUBLIC_URL=https://...',
  );
}

async function listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
  }
  const address = app.server.address();
  return boundUrl(host, typeof address === 'object' && address ? address.port : port);
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = errnoOf(error);
  const detail = { setting: 'CARREL_HTTP', host, port };
  if (code === 'EADDRINUSE')
    return new CarrelError(
      'PORT_IN_USE',
      `CARREL_HTTP is ${host}:${port}, and another program listens there; stop it, or choose another port, for example CARREL_HTTP=127.0.0.1:8081`,
      detail,
      { cause: error },
    );
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
    return new CarrelError(
      'ADDRESS_UNUSABLE',
      `CARREL_HTTP is ${host}:${port}, where this user of this machine cannot listen (${code}); for example CARREL_HTTP=127.0.0.1:8080`,
      detail,
      { cause: error },
    );
  }
  return error;
}

/** For people: a listener on every address is reached on this machine by loopback. */
function boundUrl(host: string, port: number): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}
