/**
 * Why: whether a test may speak about the line at all. A low result has many innocent causes (a weak probe, a busy server, visitors); each
 * is named here, so that only what the line itself did is counted, and the rest goes to the rule that it concerns.
 */
import type { TestView } from '#contract';
import type { Skip } from '../said/sayings-line.ts';

export type SampleClass =
  | 'valid'
  /** Passed and stopped early: the line does at least this much. */
  | 'valid_pass_capped'
  | 'inconclusive_cpu'
  | 'inconclusive_server'
  | 'inconclusive_local'
  /** Visitors used the line; together with the test it reached the target, or nobody can tell. */
  | 'busy'
  | 'failed'
  | 'inconclusive';
export interface ClassifyContext {
  targetMbps: number;
  /** Is the site open at this time? */
  open(at: number): boolean;
  /** Test servers in trouble at this time: low results from them say nothing. */
  serverInTrouble(server: string, at: number): boolean;
}
export interface Classified {
  class: SampleClass;
  /** Null when it counts; else why not. */
  why: Skip | null;
}

export function classifyTest(test: TestView, context: ClassifyContext): Classified {
  const { verdict, rate_mbps: rate, limited_by } = test;
  if (verdict === 'inconclusive' || rate === null) return inconclusive(test);
  const low = verdict === 'fail';
  if (low && rate >= context.targetMbps) return { class: 'inconclusive', why: otherTarget(test) };
  if (!low && rate < context.targetMbps && test.target_mbps !== context.targetMbps)
    return { class: 'inconclusive', why: otherTarget(test) };
  // How long the processor was busy is for the probe to judge: `cpu_pct` is the highest moment only.
  if (low && limited_by === 'cpu') return { class: 'inconclusive_cpu', why: { kind: 'cpu' } };
  if (low && (limited_by === 'wifi' || limited_by === 'nic'))
    return { class: 'inconclusive_local', why: { kind: 'local' } };
  if (low && (limited_by === 'server' || context.serverInTrouble(test.server, test.at)))
    return { class: 'inconclusive_server', why: { kind: 'server', server: test.server } };
  if (!context.open(test.at)) return { class: 'valid', why: { kind: 'closed' } };
  return { class: low ? 'valid' : 'valid_pass_capped', why: null };
}

function inconclusive({ limited_by }: TestView): Classified {
  const why = { kind: 'inconclusive', limit: limited_by } as const;
  switch (limited_by) {
    case 'cpu':
      return { class: 'inconclusive_cpu', why };
    case 'nic':
    case 'wifi':
      return { class: 'inconclusive_local', why };
    case 'server':
      return { class: 'inconclusive_server', why };
    case 'cross_traffic':
      return { class: 'busy', why };
    case 'unreachable':
      return { class: 'failed', why };
    default:
      return { class: 'inconclusive', why };
  }
}

function otherTarget({ target_mbps }: TestView): Skip {
  return { kind: 'other_target', target: target_mbps };
}
