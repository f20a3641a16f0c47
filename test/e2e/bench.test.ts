// The benchmarks that need no agents, as `npm run bench` starts them: how fast is not judged here, but that all of it is measured.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

interface Measured {
  readonly figures: readonly { readonly name: string; readonly value: number }[];
}

test('the micro-benchmarks measure time and memory, and end with one line of JSON', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/bench.mjs', '--quick', '--only=micro'], { encoding: 'utf8' });
  expect(stderr).toBe('bench: micro …\n');
  const lines = stdout.trimEnd().split('\n');
  const { figures } = JSON.parse(lines.at(-1) ?? '') as Measured;
  const names = figures.map(({ name }) => name);
  expect(names).toContain('pack 1,000 beats');
  // Measured in a process of its own, which the bundling once forgot.
  expect(names).toContain('a member in a list of 10,000');
  for (const { value } of figures) expect(value).toBeGreaterThan(0);
});

test('a benchmark that does not exist is refused with the names of those that do', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/bench.mjs', '--only=micr'], { encoding: 'utf8' });
  expect(stderr).toBe('bench: there is no benchmark micr; there are micro, cold-start, memory, converge, members, leave, idle, hundred\n');
  expect(status).toBe(64);
});
