// Every script that starts something says what when it is asked to, and starts nothing for a flag that it does not know.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

function play(script: string, ...args: string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const line = [join(root, 'scripts', script), ...args];
  // Whatever it started would take longer.
  const { status, stdout, stderr } = spawnSync(process.execPath, line, { encoding: 'utf8', timeout: 10_000 });
  return { status, stdout, stderr };
}

const scripts = [
  ['proof.mjs', 'npm run proof', '--worker=3', '--worker: no such flag; did you mean --workers?'],
  ['proof.mjs', 'npm run proof', 'mutant', 'mutant: no such part; did you mean mutants?\nparts: mutants graphs seeds'],
  ['proof.mjs', 'npm run proof', '--workers=0', '--workers=0: not a whole number from 1 to 64'],
  ['demo.mjs', 'npm run demo', '--frob', '--frob: no such flag; flags are --help'],
  ['chart.mjs', 'npm run chart', '--frob', '--frob: no such flag; flags are --help'],
  ['build.mjs', 'npm run build', 'dist', 'dist: not a flag; flags are --help'],
  ['check.mjs', 'npm run check', '--bial=1', '--bial: no such flag; did you mean --bail?'],
  ['test.mjs', 'npm test', '--watch=false', '--watch: no such flag; flags are --testNamePattern '],
] as const;

test.each(scripts)('%s: what is wrong is refused with a reason, before anything starts', (script, npm, wrong, message) => {
  const { status, stdout, stderr } = play(script, wrong);
  expect(stderr).toContain(`${npm.replace(/^npm (run )?/, '')}: ${message}`);
  expect(stderr.endsWith(`\ntry: ${npm} -- --help\n`)).toBe(true);
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
});

test.each([...new Map(scripts.map(([script, npm]) => [script, npm]))])(
  '%s -- --help says how it is typed and what the exit code means',
  (script, npm) => {
    const { status, stdout, stderr } = play(script, '--help');
    expect(stdout.startsWith(npm)).toBe(true);
    expect(stdout).toContain('Exit 0 ');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  },
);

test('the chart names the file that it wrote', () => {
  const directory = mkdtempSync(join(tmpdir(), 'q-chart-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [from, to] = [join(directory, 'figures.json'), join(directory, 'chart.svg')];
  const figures = { '5': { failedLastS: 4, bytesPerS: 600 }, '20': { failedLastS: 5, bytesPerS: 700 } };
  writeFileSync(from, JSON.stringify({ sideBySide: { quorate: figures, serf: {} } }));
  const { status, stdout, stderr } = play('chart.mjs', from, to);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^drawn: .*chart\.svg\n$/);
  expect(readFileSync(to, 'utf8')).toContain('<svg');
});
