// Real processes that run a piece of the agent: a program of test/support/children is bundled once and started as often as asked.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

/** The path of the runnable file. `dir` is readable by everyone, so that another user can run it. */
export async function bundleChild(name: string, dir: string): Promise<string> {
  const outfile = join(dir, `${name}.mjs`);
  await build({
    entryPoints: [new URL(`./children/${name}.ts`, import.meta.url).pathname],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    logLevel: 'silent',
  });
  chmodSync(dir, 0o755);
  return outfile;
}

/** Killed when the test is over, if it still runs then. */
export function startChild(file: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(process.execPath, [file, ...args], options);
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  });
  return child;
}

/** The exit code, or the signal's name. */
export function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode ?? '');
    else child.once('exit', (code, signal) => resolve(code ?? signal ?? ''));
  });
}
