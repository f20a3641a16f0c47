// What `run` does with its child: starts it when the lease is held, ends it when that is lost, says how it ended. The deadline
// acts by this process' own timers, whether or not an agent lives. Rules kept (R7): TERM at the deadline at the latest, KILL to
// the whole group at the deadline + T_stop − 100 ms at the latest; `onOver` only when nothing of the group can act any more.

import { constants } from 'node:os';
import { type Clocks, Deadline, elapsedMs, type Moment, momentOf } from './deadline.ts';
import type { ChildEnd, ChildGroup, StartChild } from './group.ts';

/** What the agent answered to a question, as far as it matters here. */
export interface Held {
  readonly remainingMs: number;
  readonly stopMs: number;
  readonly node: string;
  readonly incarnation: number;
  readonly token: number | null;
}

export type Over =
  | { readonly kind: 'ended'; readonly end: ChildEnd }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'not-started'; readonly reason: string }
  /** Before there was a child. */
  | { readonly kind: 'interrupted'; readonly signal: NodeJS.Signals };

export interface SupervisorParts {
  readonly clocks: Clocks;
  /** Calls back not before that many milliseconds of `hrMs`; returns how to take it back. */
  readonly after: (ms: number, callback: () => void) => () => void;
  readonly start: (held: Held, hooks: Parameters<StartChild>[1]) => ChildGroup;
  /** From TERM to KILL; null: all that T_stop allows. */
  readonly graceMs: number | null;
  readonly onOver: (over: Over) => void;
}

type Phase = 'waiting' | 'running' | 'stopping' | 'over';

/** What R7 keeps back of T_stop for the kill itself and for reaping. */
export const KILL_RESERVE_MS = 100;
/** How often the clock that counts suspension is looked at: a timer stands still with the machine. */
const LOOK_EVERY_MS = 50;
const REAP_EVERY_MS = 5;

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #deadline: Deadline;
  #phase: Phase = 'waiting';
  #held: Held | null = null;
  #group: ChildGroup | null = null;
  #end: ChildEnd | null = null;
  #stopReason: string | null = null;
  #stoppedAt: Moment | null = null;
  #reapCount = 0;
  #cancelTimer: () => void = () => {};

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#deadline = new Deadline(parts.clocks);
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** `sentAt`: noted before the question left. */
  held(line: Held, sentAt: Moment): void {
    if (this.#phase === 'over' || this.#phase === 'stopping') return;
    if (this.#held !== null && !isSameLease(this.#held, line)) {
      this.lost('the lease that it ran under is over, another one has begun');
      return;
    }
    this.#deadline.extend(sentAt, line.remainingMs);
    if (this.#phase === 'waiting') this.#start(line);
    this.#look();
  }

  lost(reason: string): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'stopping';
    this.#stopReason = reason;
    this.#stoppedAt = momentOf(this.#parts.clocks);
    this.#group?.signal('SIGTERM');
    // A stopped process would not see it.
    this.#group?.signal('SIGCONT');
    this.#look();
  }

  /** From the terminal or another process: the child's to handle, if there is one. */
  signalled(name: NodeJS.Signals): void {
    if (this.#phase === 'waiting') this.#finish({ kind: 'interrupted', signal: name });
    else this.#group?.signal(name);
  }

  #start(line: Held): void {
    if (this.#deadline.leftMs <= 0) return;
    this.#phase = 'running';
    this.#held = line;
    const onEnd = (end: ChildEnd): void => {
      this.#end = end;
      this.#look();
    };
    const onFailure = (reason: string): void => this.#finish({ kind: 'not-started', reason });
    try {
      this.#group = this.#parts.start(line, { onEnd, onFailure });
    } catch (thrown) {
      // Some failures of a spawn are thrown, some are told.
      onFailure(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  readonly #look = (): void => {
    this.#cancelTimer();
    if (this.#phase === 'waiting' || this.#phase === 'over') return;
    if (this.#end !== null && this.#group?.isGone() === true) {
      this.#finish(this.#stopReason === null ? { kind: 'ended', end: this.#end } : { kind: 'stopped', reason: this.#stopReason });
      return;
    }
    if (this.#phase === 'running') {
      const leftMs = this.#deadline.leftMs;
      if (this.#end !== null) {
        // What it left behind would run without anybody to stop it.
        this.#group?.signal('SIGKILL');
        this.#armReaping();
      } else if (leftMs <= 0) this.lost('the agent did not renew the lease in time');
      else this.#arm(Math.min(leftMs, LOOK_EVERY_MS));
      return;
    }
    const leftMs = this.#untilKillMs();
    if (leftMs > 0) {
      this.#arm(Math.min(leftMs, this.#end === null ? LOOK_EVERY_MS : REAP_EVERY_MS));
      return;
    }
    this.#group?.signal('SIGKILL');
    this.#armReaping();
  };

  // What cannot be killed (it waits for a dead disk) is looked at ever more rarely.
  #armReaping(): void {
    this.#reapCount += 1;
    this.#arm(Math.min(LOOK_EVERY_MS, REAP_EVERY_MS * Math.ceil(this.#reapCount / 20)));
  }

  #untilKillMs(): number {
    const stopMs = (this.#held?.stopMs ?? 0) - KILL_RESERVE_MS;
    const graceMs = Math.min(this.#parts.graceMs ?? stopMs, stopMs);
    const stoppedForMs = this.#stoppedAt === null ? 0 : elapsedMs(this.#stoppedAt, this.#parts.clocks);
    return Math.min(graceMs - stoppedForMs, this.#deadline.leftMs + stopMs);
  }

  #arm(ms: number): void {
    this.#cancelTimer = this.#parts.after(Math.max(1, ms), this.#look);
  }

  #finish(over: Over): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#cancelTimer();
    this.#group?.release();
    this.#parts.onOver(over);
  }
}

/** A lease of another life of the agent, or of another leadership, is not the one that the child was started under. */
function isSameLease(one: Held, other: Held): boolean {
  return one.incarnation === other.incarnation && one.token === other.token;
}

/** The exit code that a shell would give. */
export function exitCodeOfEnd(end: ChildEnd): number {
  return end.kind === 'exit' ? end.code : 128 + constants.signals[end.signal];
}
