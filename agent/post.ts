/** Why: from sample to acknowledged frame: framer, spool, drain and uplink, joined once, so that what measures need not know how it travels. */
import { join } from 'node:path';
import type { DesiredConfig } from '#contract';
import type { Logger } from '#lib/logger';
import type { AgentConfig, ServerAccess } from './config.ts';
import { createDrain, type Drain } from './drain.ts';
import { createFramer, type Framer } from './framer.ts';
import { openSpool } from './spool.ts';
import { createUplink, type Uplink, type UplinkEvents, type UplinkOptions } from './uplink.ts';
import type { WallClock } from './wall.ts';

export interface Post {
  framer: Framer;
  uplink: Uplink;
  /** Frames that the server does not have yet. */
  waiting(): number;
  /** How dear the line is decides how fast the backlog goes. */
  setProfile(profile: DesiredConfig['profile']): void;
  /** Delivers what it can, keeps the rest on flash, says goodbye. */
  stop(): Promise<void>;
}
export interface PostDeps {
  config: AgentConfig;
  server: ServerAccess;
  wall: WallClock;
  log: Logger;
  pace?: UplinkOptions['pace'];
  onUp(): void;
  onMessage: UplinkEvents['message'];
}

/** Of the 8 s between SIGTERM and SIGKILL. */
const DELIVER_MS = 2000;
/** Frames of backlog per second; the server reads at most 20. */
const RATE = { default: 10, metered: 2, satellite: 2 } as const;
/** 160 s: one ping between two frames of 5 minutes, and silence is still told within 4 (docs/decisions/thrift.md). */
const KEEPALIVE_S = { default: 160, metered: 900, satellite: 900 } as const;

/** The connection is opened by `uplink.start()`. */
export async function openPost(deps: PostDeps): Promise<Post> {
  const { config, server, wall, log } = deps;
  let { profile } = config.defaults;
  let drain: Drain | undefined;
  const spool = await openSpool({
    dir: join(config.stateDir, 'spool'),
    capBytes: config.spoolBytes,
    monoMs: wall.monoMs,
    log,
    onMore: () => drain?.pump(),
  });
  const framer = createFramer({
    wall,
    batch: config.defaults.batch,
    takeLost: spool.takeLost,
    thrifty: spool.longAway,
    onFrame: (frame) => spool.add(frame),
  });
  const uplink = createUplink({
    server,
    run: framer.run,
    wall,
    log,
    pace: deps.pace,
    keepaliveS: () => config.keepaliveS ?? KEEPALIVE_S[profile],
    events: {
      up() {
        const away = spool.longAway();
        spool.online();
        // What is in the making is the newest that there is: it does not wait for its hour.
        if (away) framer.flush();
        deps.onUp();
      },
      down: spool.offline,
      message: deps.onMessage,
    },
  });
  const carrying = createDrain({ spool, uplink, monoMs: wall.monoMs, framesPerS: RATE[profile] });
  drain = carrying;
  return {
    framer,
    uplink,
    waiting: spool.count,
    setProfile(next) {
      profile = next;
      carrying.setRate(RATE[profile]);
    },
    async stop() {
      framer.flush();
      await carrying.settled(DELIVER_MS);
      carrying.stop();
      await uplink.stop();
      await spool.close();
    },
  };
}
