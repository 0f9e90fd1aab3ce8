/** Why: four streams are one load: what a single TCP connection cannot fill, because of loss or a long way, they mostly can. */
import type { TcpOptions } from './tcp.ts';
import { deferred, type Traffic, type TrafficEnd } from './traffic.ts';

const STREAMS = 4;

/** Over when the first of them is over: from then on the load is another one. */
export function openStreams(open: (options: TcpOptions) => Traffic, options: Omit<TcpOptions, 'stream'>): Traffic {
  const { paceMbps: wholeMbps } = options;
  const maxBytes = options.maxBytes / STREAMS;
  const paceMbps = wholeMbps === null ? null : wholeMbps / STREAMS;
  const all = Array.from({ length: STREAMS }, (_, stream) => open({ ...options, stream, paceMbps, maxBytes }));
  const [one] = all;
  if (!one) throw new Error('at least one stream');
  const finished = deferred<TrafficEnd>();
  const stop = (): void => {
    for (const traffic of all) traffic.stop();
  };
  void Promise.race(all.map(({ ended }) => ended)).then((end) => {
    stop();
    finished.resolve(end);
  });
  const sum = (of: (traffic: Traffic) => number): number => all.reduce((total, traffic) => total + of(traffic), 0);
  return {
    ...one,
    first: Promise.all(all.map(({ first }) => first)).then((begun) => begun.every(Boolean)),
    ended: finished.promise,
    ownBytes: () => sum((traffic) => traffic.ownBytes()),
    ownIpBytes: () => sum((traffic) => traffic.ownIpBytes()),
    wireBytes: () => sum((traffic) => traffic.wireBytes()),
    paceMbps: () => wholeMbps ?? Infinity,
    saturation: (rateMbps) => one.saturation(rateMbps / STREAMS),
    stop,
  };
}
