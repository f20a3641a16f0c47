// `quorate run --quorate|--leader -- CMD…`: runs CMD only while this host's agent holds the lease, as its leader or as a
// quorate member. What a lease means to the child is supervise/'s; here is the line, the environment, the signals and the exit code.

import { constants } from 'node:os';
import { connect } from '../../api/client.ts';
import type { LeaseScopeJson } from '../../api/contract.ts';
import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet, textOf } from '../command-line.ts';
import { readDurationMs } from '../duration.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { escapeText } from '../print.ts';
import { suggested } from '../suggestions.ts';
import { HOST_CLOCKS } from '../supervise/deadline.ts';
import { childStarter, findDeathSignalTool, type StartChild } from '../supervise/group.ts';
import { LeaseLink } from '../supervise/lease-link.ts';
import { findProgram } from '../supervise/program.ts';
import { exitCodeOfEnd, type Over, Supervisor } from '../supervise/supervisor.ts';

interface Wish {
  readonly scope: LeaseScopeJson;
  readonly graceMs: number | null;
  readonly timeoutMs: number | null;
  readonly command: readonly [program: string, ...args: string[]];
}

/** What T_stop keeps back for the kill and for slow machines, so that a grace above that could not be kept (R7). */
const GRACE_RESERVE_MS = 200;

// TSTP is passed on and not obeyed: a supervisor that stands still keeps no deadline. TTIN and TTOU would do the same.
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGTSTP', 'SIGCONT'] as const;
const IGNORED = ['SIGTTIN', 'SIGTTOU'] as const;
/** They end a run that waits. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

export async function runUnderLease(line: CommandLine, io: Io): Promise<number> {
  const wish = wishOf(line);
  const start = starterOf(wish, io);
  const over = await supervise(line, io, wish, start);
  return exitCodeOf(over, wish, io);
}

function wishOf(line: CommandLine): Wish {
  const [isLeader, isQuorate] = [isSet(line, 'leader'), isSet(line, 'quorate')];
  if (isLeader && isQuorate)
    throw new Failure(EXIT.usage, 'run: only one of --quorate and --leader', 'who leads is quorate too: --leader is the stricter one');
  if (!isLeader && !isQuorate)
    throw new Failure(EXIT.usage, 'run: say under which lease: --quorate or --leader', 'for example: quorate run --leader -- ./worker');
  const [program, ...args] = line.operands;
  if (program === undefined)
    throw new Failure(EXIT.usage, 'run: no command is given', 'it comes after two hyphens: quorate run --leader -- ./worker');
  return { scope: isLeader ? 'leader' : 'quorate', graceMs: graceOf(line), timeoutMs: timeoutOf(line), command: [program, ...args] };
}

function graceOf(line: CommandLine): number | null {
  const text = textOf(line, 'grace');
  if (text === null) return null;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Failure(EXIT.usage, `run: --grace '${text}' is not a number of milliseconds`, 'for example --grace 500');
}

function timeoutOf(line: CommandLine): number | null {
  const text = textOf(line, 'timeout');
  if (text === null) return null;
  const ms = readDurationMs(text);
  if (ms === null) throw new Failure(EXIT.usage, `run: --timeout '${text}' is not a time`, 'for example 500ms, 60s, 2m');
  return ms;
}

function starterOf({ command: [name, ...args] }: Wish, io: Io): StartChild {
  const found = findProgram(name, io.env.PATH);
  if (found.kind !== 'found') {
    const exitCode = found.kind === 'not-found' ? EXIT.notFound : EXIT.notExecutable;
    throw new Failure(exitCode, `run: cannot run '${name}': ${found.reason}`, found.hint);
  }
  const tool = findDeathSignalTool();
  if (tool === null)
    io.err.write('quorate: setpriv is not here to tie the command to this process in the kernel; a guard process does it instead\n');
  return childStarter(found.path, args, tool);
}

function supervise(line: CommandLine, io: Io, wish: Wish, start: StartChild): Promise<Over> {
  return new Promise((resolve, reject) => {
    const quiet = new Notices(line, io);
    let socketPath = '';
    const timeout = wish.timeoutMs === null ? null : setTimeout(() => giveUp(timedOut(wish, quiet)), wish.timeoutMs);
    const supervisor = new Supervisor({
      clocks: HOST_CLOCKS,
      after,
      graceMs: wish.graceMs,
      start: (held, hooks) => {
        if (timeout !== null) clearTimeout(timeout);
        return start(environment(io, { node: held.node, socketPath, token: held.token }), hooks);
      },
      onOver: (over) => {
        void link.ended().then(() => {
          release();
          resolve(over);
        });
      },
    });
    const link = new LeaseLink({
      scope: wish.scope,
      clocks: HOST_CLOCKS,
      supervisor,
      after,
      connect,
      withAgent: (work) => withAgent(line, io, work, { timeoutMs: ANSWER_TIMEOUT_MS }),
      onTerms: (terms) => {
        socketPath = terms.socketPath;
        if (wish.graceMs !== null && wish.graceMs > terms.stopMs - GRACE_RESERVE_MS) giveUp(tooMuchGrace(wish.graceMs, terms.stopMs));
      },
      onWaiting: (reason) => quiet.say(reason),
    });
    const release = passSignals(supervisor);
    // Only ever while there is no child.
    const giveUp = (failure: unknown): void => {
      if (supervisor.phase !== 'waiting') return;
      release();
      void link.ended().then(() => reject(failure));
    };
    link.follow().catch((error: unknown) => {
      // With a child the deadline goes on; its end is what ends this.
      giveUp(error);
    });
  });
}

const ANSWER_TIMEOUT_MS = 2000;

function passSignals(supervisor: Supervisor): () => void {
  const listeners = PASSED_ON.map((name) => {
    const listener = (): void => {
      if (supervisor.phase !== 'waiting' || ENDING.has(name)) supervisor.signalled(name);
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  const ignore = (): void => {};
  for (const name of IGNORED) process.on(name, ignore);
  return () => {
    for (const off of listeners) off();
    for (const name of IGNORED) process.off(name, ignore);
  };
}

function environment(io: Io, of: { readonly node: string; readonly socketPath: string; readonly token: number | null }): Io['env'] {
  const { QUORATE_TOKEN: _outer, ...env } = io.env;
  const token = of.token === null ? {} : { QUORATE_TOKEN: String(of.token) };
  return { ...env, QUORATE_NODE: of.node, QUORATE_SOCKET: of.socketPath, ...token };
}

function exitCodeOf(over: Over, { scope, command }: Wish, io: Io): number {
  switch (over.kind) {
    case 'ended':
      return exitCodeOfEnd(over.end);
    case 'stopped': {
      const what = scope === 'leader' ? 'leadership' : 'quorum';
      io.err.write(`quorate: stopped '${escapeText(command[0])}', ${what} was lost: ${escapeText(over.reason)}\n`);
      return EXIT.timedOut;
    }
    case 'not-started':
      throw new Failure(
        EXIT.runFailed,
        `run: '${command[0]}' could not be started: ${over.reason}`,
        'see whether it starts without `quorate run`',
      );
    case 'interrupted':
      return 128 + constants.signals[over.signal];
  }
}

function timedOut({ scope }: Wish, { last, lastHint }: Notices): Failure {
  const reason = `run: there was no lease for --${scope} in time${last === '' ? '' : `: ${last}`}`;
  const subject = scope === 'leader' ? ' leader' : '';
  return new Failure(EXIT.timedOut, reason, lastHint ?? `quorate explain${subject} says why`);
}

function tooMuchGrace(graceMs: number, stopMs: number): Failure {
  const maxMs = Math.max(0, stopMs - GRACE_RESERVE_MS);
  return new Failure(
    EXIT.usage,
    `run: --grace ${graceMs} is more than a child may have: this cluster stops all within ${stopMs} ms of a lost lease`,
    `at most --grace ${maxMs}`,
  );
}

function after(ms: number, callback: () => void): () => void {
  const timeout = setTimeout(callback, ms);
  return () => clearTimeout(timeout);
}

/** Why it waits, once for each reason. */
class Notices {
  readonly #line: CommandLine;
  readonly #io: Io;
  last = '';
  /** Null: the reason came from an agent, which can be asked for more. */
  lastHint: string | null = null;

  constructor(line: CommandLine, io: Io) {
    this.#line = line;
    this.#io = io;
  }

  say(reason: string | Failure): void {
    const isFailure = reason instanceof Failure;
    const words = isFailure ? reason.message : reason;
    // What is said of each path may change while an agent starts; that none answers is one reason.
    const [short = ''] = isFailure ? words.split(/[;\n]/) : [words];
    if (short === this.last) return;
    this.last = short;
    this.lastHint = isFailure ? reason.hint : null;
    const hint = isFailure ? `  → ${escapeText(suggested(this.#line, reason.hint))}\n` : '';
    this.#io.err.write(`quorate: waiting: ${words.split('\n').map(escapeText).join('\n')}\n${hint}`);
  }
}
