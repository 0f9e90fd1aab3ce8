/** Why: the whole way of a test, from the lease to the verdict, on lines whose truth is known. A few cells of what `npm run bench -- speed` shows. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { labProblem } from '../../infra/lab/tools.ts';
import { type Cell, nameOf, truthOf } from '../bench/speed/cells.ts';
import { openRig, type Rig } from '../bench/speed/rig.ts';

const problem = labProblem();
const CELLS: readonly (Cell & { method: 'udp' | 'tcp' })[] = [
  { mbps: 5, rttMs: 10, lossPct: 0, method: 'udp' },
  { mbps: 28, rttMs: 50, lossPct: 1, method: 'udp' },
  { mbps: 50, rttMs: 50, lossPct: 1, method: 'udp' },
  { mbps: 50, rttMs: 600, lossPct: 0, method: 'udp' },
  { mbps: 20, rttMs: 10, lossPct: 0, method: 'tcp' },
  { mbps: 100, rttMs: 10, lossPct: 0, method: 'tcp' },
  { mbps: 28, rttMs: 600, lossPct: 0, method: 'tcp' },
  { mbps: 50, rttMs: 600, lossPct: 0, method: 'tcp' },
];

describe.skipIf(problem)(`verdicts on emulated links${problem ? ` (${problem.code})` : ''}`, () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(() => rig?.close());

  for (const { method, ...cell } of CELLS)
    test(`${nameOf(cell)} by ${method}: ${truthOf(cell)}`, async () => {
      await rig.become(cell);
      const { outcome, wireBytes } = await rig.test(cell, method);
      expect(outcome).toMatchObject({ verdict: truthOf(cell), marginal: false, method, limited_by: null });
      // What the agent counts against the budget is what the line carried.
      expect(outcome.bytes / wireBytes).toBeGreaterThan(0.85);
      expect(outcome.bytes / wireBytes).toBeLessThan(1.15);
      expect(wireBytes).toBeLessThan(method === 'tcp' || cell.rttMs > 50 ? 5.5e6 : 2.6e6);
    });

  test.each(['udp', 'tcp'] as const)('a line that speaks IPv6 only is judged by %s as any other', async (method) => {
    const only6 = await openRig({ family: 6 });
    onTestFinished(() => only6.close());
    for (const mbps of [20, 50]) {
      const cell = { mbps, rttMs: 20, lossPct: 0 };
      await only6.become(cell);
      const { outcome, wireBytes } = await only6.test(cell, method);
      expect(outcome).toMatchObject({ verdict: truthOf(cell), marginal: false, layer: 'ip', limited_by: null });
      expect(outcome.bytes / wireBytes).toBeGreaterThan(0.85);
      expect(outcome.bytes / wireBytes).toBeLessThan(1.15);
    }
  });
});
