// What `npm test` and `npm run check` are made of: type check, lint, vitest, the proof; each a child process whose outcome is a count.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

export function typeCheck() {
  return step('type check', 'node_modules/typescript/bin/tsc', ['-b']);
}

export function lint() {
  return step('lint', 'node_modules/@biomejs/biome/bin/biome', ['check', '--config-path=scripts/biome.json', '--error-on-warnings', '.']);
}

/** Counts tests; a file that could not be loaded, or an error outside any test, is one failure more. */
export function tests(args) {
  const report = join(root, '.cache', 'tests.json');
  rmSync(report, { force: true });
  const { status } = runNode('node_modules/vitest/vitest.mjs', [
    'run',
    '--config=test/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ]);
  const found = readJson(report);
  if (found === null) return { passed: 0, failed: 1, skipped: 0 };
  const unloadable = found.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  ).length;
  const failed = found.numFailedTests + unloadable;
  return {
    passed: found.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: found.numPendingTests + found.numTodoTests,
  };
}

/** Every mutant caught, all graphs of four, and as many seeds as fit; see proof.mjs. */
export function proof() {
  const report = join(root, '.cache', 'proof.json');
  rmSync(report, { force: true });
  runNode('scripts/proof.mjs', [`--report=${report}`]);
  return readJson(report) ?? { passed: 0, failed: 1, skipped: 0 };
}

/** The last line of all, alone on its line, and the exit code. */
export function conclude(outcomes) {
  const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const skipped = sum('skipped');
  process.exitCode = sum('failed') === 0 ? 0 : 1;
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
}

function step(name, script, args) {
  const { status } = runNode(script, args);
  process.stdout.write(`${status === 0 ? 'ok' : 'FAILED'}: ${name}\n`);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

function runNode(script, args) {
  return spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
