// One run of a hook's command: without a shell unless asked for, in a process group of its own, so that its end is the end of
// all that it started. A document goes to its standard input, what it says comes back up to a bound. When it runs, how
// often and what its failure means is decided in hooks.ts.

import { type ChildProcess, spawn } from 'node:child_process';
import { describeErrno } from './errno.ts';
import type { HookOptions } from './options.ts';

export type HookCommand = HookOptions['command'];

export interface HookEnd {
  readonly kind: 'done' | 'failed' | 'timed-out' | 'not-started';
  /** One sentence; empty when it is done. */
  readonly reason: string;
  readonly output: string;
  readonly isOutputCut: boolean;
}

export interface HookRun {
  readonly ended: Promise<HookEnd>;
  /** KILL to the whole group. */
  kill(): void;
}

export interface HookRunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Then TERM, */
  readonly timeoutMs: number;
  /** and this much later KILL. */
  readonly graceMs: number;
}

const OUTPUT_BYTES_MAX = 8 * 1024;

export function startHook(command: HookCommand, options: HookRunOptions): HookRun {
  const [program, ...rest] = command.kind === 'shell' ? ['/bin/sh', '-c', command.text] : command.words;
  let child: ChildProcess;
  try {
    child = spawn(program ?? '', rest, { env: { ...process.env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  } catch (thrown) {
    return { ended: Promise.resolve(notStarted(thrown)), kill: () => {} };
  }
  const kill = (): void => killGroup(child, 'SIGKILL');
  return { ended: endOf(child, options, kill), kill };
}

function endOf(child: ChildProcess, options: HookRunOptions, kill: () => void): Promise<HookEnd> {
  return new Promise((resolve) => {
    const output = new CappedOutput(OUTPUT_BYTES_MAX);
    let isTimedOut = false;
    let killTimer: NodeJS.Timeout | null = null;
    const termTimer = setTimeout(() => {
      isTimedOut = true;
      killGroup(child, 'SIGTERM');
      killTimer = setTimeout(kill, options.graceMs);
    }, options.timeoutMs);
    const settle = (kind: HookEnd['kind'], reason: string): void => {
      clearTimeout(termTimer);
      if (killTimer !== null) clearTimeout(killTimer);
      // Whatever it left behind in its group is over with it.
      kill();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ kind, reason, output: output.text, isOutputCut: output.isCut });
    };
    child.once('error', (error) => settle('not-started', notStarted(error).reason));
    // `exit` and not `close`: a grandchild that keeps the pipe open must not keep the hook going.
    child.once('exit', (code, signal) => {
      if (isTimedOut) settle('timed-out', `it ran longer than ${options.timeoutMs} ms`);
      else if (code === 0) setImmediate(() => settle('done', ''));
      else setImmediate(() => settle('failed', code === null ? `it was ended by ${signal}` : `it ended with ${code}`));
    });
    child.stdout?.on('data', (bytes: Buffer) => output.add(bytes));
    child.stderr?.on('data', (bytes: Buffer) => output.add(bytes));
    // A command that does not read its input is as good as one that does.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin);
  });
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in it.
  }
}

function notStarted(thrown: unknown): HookEnd {
  return { kind: 'not-started', reason: `it cannot be started: ${describeErrno(thrown)}`, output: '', isOutputCut: false };
}

class CappedOutput {
  readonly #max: number;
  readonly #pieces: Buffer[] = [];
  #size = 0;
  isCut = false;

  constructor(max: number) {
    this.#max = max;
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  add(bytes: Buffer): void {
    const room = this.#max - this.#size;
    if (bytes.length > room) this.isCut = true;
    if (room <= 0) return;
    const kept = bytes.subarray(0, room);
    this.#pieces.push(kept);
    this.#size += kept.length;
  }
}
