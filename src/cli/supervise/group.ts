// The child of `run`: a process group of its own that ends as a whole, and that does not outlive its supervisor. Two things see
// to the latter: the kernel (setpriv --pdeathsig, where it is there), which kills the child itself, and a guard, which sits on a pipe
// from the supervisor and kills the whole group when that pipe breaks. When it is to end is supervisor.ts's.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export type ChildEnd = { readonly kind: 'exit'; readonly code: number } | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };

export interface ChildGroup {
  /** To every process of the group. */
  signal(name: NodeJS.Signals): void;
  /** Whether no process of the group can act any more. */
  isGone(): boolean;
  /** It is over: the guard is let go. */
  release(): void;
}

export interface ChildHooks {
  readonly onEnd: (end: ChildEnd) => void;
  /** It could not be started. */
  readonly onFailure: (reason: string) => void;
}

export type StartChild = (env: Readonly<Record<string, string | undefined>>, hooks: ChildHooks) => ChildGroup;

/** `null` where the kernel cannot be asked to (no setpriv, or one that does not know the option). */
export function findDeathSignalTool(): string | null {
  const { status, error } = spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true'], { stdio: 'ignore' });
  return error === undefined && status === 0 ? 'setpriv' : null;
}

export function childStarter(program: string, args: readonly string[], deathSignalTool: string | null): StartChild {
  const [file, ...all] = deathSignalTool === null ? [program, ...args] : [deathSignalTool, '--pdeathsig', 'KILL', '--', program, ...args];
  return (env, { onEnd, onFailure }) => {
    // `detached` is setsid: a terminal's Ctrl-C reaches the supervisor alone, which passes it on.
    const child = spawn(file ?? '', all, { stdio: 'inherit', detached: true, env: { ...env } });
    const guard = child.pid === undefined ? null : startGuard(child.pid);
    child.once('error', (error) => onFailure(error.message));
    child.once('exit', (code, signal) => onEnd(signal === null ? { kind: 'exit', code: code ?? 0 } : { kind: 'signal', signal }));
    return {
      signal: (name) => signalGroup(child, name),
      isGone: () => child.pid === undefined || isGroupGone(child.pid),
      release: () => guard?.kill('SIGKILL'),
    };
  };
}

// The shell's own words only: it works wherever /bin/sh does, and costs nothing while it waits.
const GUARD = 'trap "" HUP INT TERM QUIT USR1 USR2; while read -r _; do :; done; kill -s KILL -- "-$1"';

function startGuard(group: number): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'quorate-guard', String(group)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});
  guard.unref();
  return guard;
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody is left in it.
  }
}

function isGroupGone(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return true;
  }
  // What nobody reaps (a container whose first process does not) is still counted, but can do nothing.
  return process.platform === 'linux' && areAllZombies(group);
}

function areAllZombies(group: number): boolean {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${name}/stat`, 'latin1');
    } catch {
      continue;
    }
    // `pid (name) state ppid pgrp …`: a name may hold anything, so what counts begins behind the last parenthesis.
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(processGroup) === group && state !== 'Z' && state !== 'X') return false;
  }
  return true;
}
