// The machine's own tools, `ip` and `nft`, called without a shell. What they refuse is an error that says what was asked of them.

import { spawn, spawnSync } from 'node:child_process';

export type Argv = readonly [program: string, ...args: string[]];

/** Resolves with what it wrote on stdout. */
export function command([program, ...args]: Argv, stdin = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr.trim()}${stdin === '' ? '' : `\nit was given:\n${stdin}`}`),
        );
    });
    // A tool that refuses at once closes its end first; the exit code tells that better than EPIPE.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

/** For the moment the process goes, and for asking whether a tool works at all. Never throws. */
export function commandNow(
  [program, ...args]: Argv,
  stdin = '',
): { readonly isDone: boolean; readonly stdout: string; readonly problem: string } {
  const { status, error, stdout, stderr } = spawnSync(program, args, { input: stdin, encoding: 'utf8' });
  const problem = error === undefined ? `it ended with ${status}: ${stderr.trim()}` : error.message;
  return { isDone: status === 0, stdout: stdout ?? '', problem };
}
