// Benchmarks as `npm run bench` starts them: how fast is not judged here, but that all of it is measured.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Comparison } from '../bench/side/comparison.ts';
import { KEYS } from '../bench/side/rows.ts';

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
  expect(names).toContain('step: a beat heard by a voter');
  expect(names).toContain('expiry: a member found silent, of 10,000');
  for (const { value } of figures) expect(value).toBeGreaterThan(0);
});

test('side by side, what cannot be had here is named, and all the rest is measured and leaves nothing behind', () => {
  const directory = mkdtempSync(join(tmpdir(), 'q-bench-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [json, markdown] = [join(directory, 'measured.json'), join(directory, 'measured.md')];
  const args = ['scripts/bench.mjs', '--quick', '--only=side-by-side', '--sizes=3', `--json=${json}`, `--markdown=${markdown}`];
  // Whatever the agents are given as their temporary directory is inside of this one.
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, TMPDIR: directory } });
  expect(stderr).not.toContain('could not be measured');
  const { sideBySide } = JSON.parse(readFileSync(json, 'utf8')) as { readonly sideBySide: Comparison };
  const counted = ['bytesPerS', 'packetsPerS', 'voterBytesPerS'];
  const ours = KEYS.filter((key) => !(stderr.includes('traffic is not counted: ') && counted.includes(key)));
  expect(Object.keys(sideBySide.quorate[3]!).sort()).toEqual([...ours].sort());
  const hasSerf = !stderr.includes('serf is not measured: ');
  if (hasSerf) expect(sideBySide.serf[3]).toHaveProperty('failedLastS');
  else expect(sideBySide.serf).toEqual({});
  expect(stdout).toContain('crash told as failed by the last, s ');
  expect(readFileSync(markdown, 'utf8')).toContain('| crash told as failed by the last, s | ≤ 5.5 | ');
  expect(readdirSync(directory).sort()).toEqual(['measured.json', 'measured.md']);
}, 240_000);

test('a benchmark that does not exist is refused with the names of those that do', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/bench.mjs', '--only=micr'], { encoding: 'utf8' });
  expect(stderr).toBe(
    'bench: --only=micr: no such benchmark; did you mean micro?\nbenchmarks: micro cold-start memory converge members leave idle hundred side-by-side\ntry: npm run bench -- --help\n',
  );
  expect(status).toBe(64);
});

test('a bench that is killed while agents run takes them with it, and what they wrote', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'q-bench-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  // Their sockets are below it, so that their command lines name it.
  const named = (): string[] => commandLines().filter((line) => line.includes(directory));
  const args = ['scripts/bench.mjs', '--quick', '--only=side-by-side', '--sizes=3'];
  const bench = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, TMPDIR: directory } });
  onTestFinished(() => void bench.kill('SIGKILL'));
  await expect.poll(() => named().length, { timeout: 30_000 }).toBe(3);
  bench.kill('SIGKILL');
  await expect.poll(named, { timeout: 10_000 }).toEqual([]);
  await expect.poll(() => readdirSync(directory), { timeout: 10_000 }).toEqual([]);
});

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        // It ended meanwhile.
        return '';
      }
    });
}
