// Hundreds of seeds of random faults: every rule holds in each; and what the schedules themselves are made of.

import { describe, expect, test } from 'vitest';
import { Random } from '../../src/core/index.ts';
import { describeFault, drawFaults } from '../../src/sim/faults.ts';
import { type Report, run } from '../../src/sim/index.ts';

const SEEDS = 300;
const BATCH = 50;

function replayOf({ settings, violation, faults }: Report): string {
  return [`npm run sim -- --seed=${settings.seed} --narrate`, `${violation?.rule}: ${violation?.message}`, ...faults].join('\n');
}

describe('chaos', () => {
  test.each(Array.from({ length: SEEDS / BATCH }, (_, i) => 1 + i * BATCH))(
    'every invariant holds in the fifty seeds from %i',
    (from) => {
      const broken: string[] = [];
      for (let seed = from; seed < from + BATCH; seed++) {
        const report = run({ seed, scene: 'chaos', nodes: null, untilMs: null });
        if (report.violation !== null) broken.push(replayOf(report));
      }
      expect(broken).toEqual([]);
    },
    60_000,
  );

  test('a schedule lies within its window and is the same for the same seed', () => {
    const window = { fromMs: 1000, toMs: 9000 };
    for (let seed = 0; seed < 200; seed++) {
      const faults = drawFaults(new Random(seed), 5, window);
      expect(faults).toEqual(drawFaults(new Random(seed), 5, window));
      for (const fault of faults) {
        expect(fault.startMs).toBeGreaterThanOrEqual(window.fromMs);
        expect(fault.endMs).toBeLessThanOrEqual(window.toMs);
        expect(fault.endMs).toBeGreaterThan(fault.startMs);
      }
    }
  });

  test('every kind of harm is drawn', () => {
    const kinds = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      for (const { harm } of drawFaults(new Random(seed), 5, { fromMs: 0, toMs: 1000 })) kinds.add(harm.kind);
    }
    expect([...kinds].sort()).toEqual([
      'bridge',
      'crash',
      'delay',
      'disk',
      'duplication',
      'join',
      'leave',
      'loss',
      'names-down',
      'one-way',
      'partition',
      'pause',
      'power-loss',
      'replay',
      'stop',
      'suspend',
      'wall-clock',
      'wish',
    ]);
  });

  test('a fault is told in one line', () => {
    const fault = { startMs: 1500, endMs: 2000, harm: { kind: 'names-down' } } as const;
    expect(describeFault(fault, [])).toBe('1.500s..2.000s names down');
  });
});
