// The same seed, the same history: within a process, across processes, with and without someone listening.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/sim/index.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/sim.mjs', import.meta.url));

describe('one seed', () => {
  test('gives the same history twice in one process, with and without narration', () => {
    const settings = { seed: 11, scene: 'chaos', nodes: null, untilMs: null };
    const first = run(settings);
    const lines: string[] = [];
    const second = run(settings, { narrate: (atMs, who, what) => lines.push(`${atMs} ${who} ${what}`) });
    expect(second.traceHash).toBe(first.traceHash);
    expect(second.traceCount).toBe(first.traceCount);
    expect(lines.length).toBeGreaterThan(50);
  });

  test('gives another history than the next seed', () => {
    const hashes = [1, 2, 3, 4].map((seed) => run({ seed, scene: 'steady', nodes: 3, untilMs: 5000 }).traceHash);
    expect(new Set(hashes).size).toBe(4);
  });

  test('gives the same history in two processes, which print seed, settings and version first', () => {
    const outputs = [1, 2].map(() => execFileSync(process.execPath, [SCRIPT, '--seed=12', '--nodes=6'], { encoding: 'utf8' }).split('\n'));
    for (const lines of outputs) expect(lines[0]).toBe(`sim --seed=12 --scene=chaos --nodes=6 (Node ${process.versions.node})`);
    const traces = outputs.map((lines) => lines.find((line) => line.startsWith('trace ')));
    expect(traces[0]).toMatch(/^trace [0-9a-f]{16}$/);
    expect(traces[1]).toBe(traces[0]);
  });
});
