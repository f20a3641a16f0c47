// The event loop of one process: its one timer, and what reaches it while it is paused (SIGSTOP, a frozen machine).
// Rule kept: a paused process runs nothing; on resume a due timer fires first, then what waited, in the order it arrived, as libuv does.
// The socket buffer is bounded and drops the newest, as the kernel does; completions of the process's own calls are never dropped.

import type { Timer } from '../agent/ports.ts';
import { type MonotonicMs, NEVER } from '../core/index.ts';
import type { HostClock } from './host-clock.ts';
import type { Job, Scheduler } from './scheduler.ts';

/** A timer fires no sooner after its last firing: the granularity of setTimeout. */
const TIMER_STEP_MS = 1;
/** Linux's default receive buffer, and what a datagram costs of it beside its bytes. */
const SOCKET_BUFFER_BYTES = 212_992;
const DATAGRAM_OVERHEAD_BYTES = 512;
/** Connections that a stopped process still gets accepted by its kernel. */
const BACKLOG_MAX = 511;

export class EventLoop implements Timer {
  readonly #scheduler: Scheduler;
  readonly #clock: HostClock;
  readonly #onTimer: () => void;
  readonly #lateMs: () => number;
  #isPaused = false;
  #isClosed = false;
  #wantedAt: MonotonicMs = NEVER;
  #fire: Job | null = null;
  /** The earliest instant of the world at which #onDue is going to be called; infinite when none is. */
  #dueMs = Number.POSITIVE_INFINITY;
  #notBeforeMs = 0;
  #waiting: Job[] = [];
  #bufferedBytes = 0;
  #backlog = 0;
  droppedCount = 0;
  firedCount = 0;

  /** `onTimer` is told of each firing before it happens; `lateMs` draws by how much a timer is late. */
  constructor(scheduler: Scheduler, clock: HostClock, onTimer: () => void, lateMs: () => number = () => 0) {
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.#onTimer = onTimer;
    this.#lateMs = lateMs;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  // Armed after every step, fired rarely: a new event is scheduled only for an earlier instant than the one that is coming
  // anyway; one that finds the timer moved looks again.
  arm(instant: MonotonicMs, fire: Job): void {
    this.#wantedAt = instant;
    this.#fire = fire;
    if (instant === NEVER) return;
    const worldMs = Math.max(this.#notBeforeMs, this.#clock.worldMsOf(instant));
    if (worldMs < this.#dueMs) this.#scheduleDue(worldMs);
  }

  disarm(): void {
    this.#wantedAt = NEVER;
    this.#fire = null;
  }

  /** The completion of a call that this process made: a disk write, a name, an exchange. */
  complete(job: Job): void {
    if (this.#isClosed) return;
    if (this.#isPaused) this.#waiting.push(job);
    else job();
  }

  /** For a datagram that arrives while paused; the caller has copied the bytes. */
  keepDatagram(byteLength: number, job: Job): void {
    const cost = byteLength + DATAGRAM_OVERHEAD_BYTES;
    if (this.#bufferedBytes + cost > SOCKET_BUFFER_BYTES) {
      this.droppedCount += 1;
      return;
    }
    this.#bufferedBytes += cost;
    this.#waiting.push(job);
  }

  /** For a connection that arrives while paused. */
  keepConnection(job: Job): void {
    if (this.#backlog === BACKLOG_MAX) {
      this.droppedCount += 1;
      return;
    }
    this.#backlog += 1;
    this.#waiting.push(job);
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#isDue()) this.#fireNow();
    // Its event may have passed unheard.
    else if (this.#fire !== null) this.arm(this.#wantedAt, this.#fire);
    const waited = this.#waiting;
    this.#waiting = [];
    this.#bufferedBytes = 0;
    this.#backlog = 0;
    for (let i = 0; i < waited.length && !this.#isClosed; i++) waited[i]!();
  }

  /** The process is gone, and with it all that waited. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.disarm();
  }

  #scheduleDue(worldMs: number): void {
    // Packets that arrive meanwhile come first, as they do in a loop that is about to fire a timer.
    this.#dueMs = worldMs + this.#lateMs();
    this.#scheduler.at(this.#dueMs, this.#onDue);
  }

  readonly #onDue = (): void => {
    // An earlier one has taken this one's place, or all that is left of the process is this.
    if (this.#isClosed || this.#scheduler.nowMs < this.#dueMs) return;
    this.#dueMs = Number.POSITIVE_INFINITY;
    if (this.#isPaused || this.#wantedAt === NEVER) return;
    if (this.#isDue()) this.#fireNow();
    else this.#scheduleDue(Math.max(this.#notBeforeMs, this.#clock.worldMsOf(this.#wantedAt)));
  };

  #isDue(): boolean {
    const isAllowed = !this.#isClosed && this.#fire !== null && this.#scheduler.nowMs >= this.#notBeforeMs;
    return isAllowed && this.#clock.nowMs() >= this.#wantedAt;
  }

  #fireNow(): void {
    const fire = this.#fire;
    this.disarm();
    this.#notBeforeMs = this.#scheduler.nowMs + TIMER_STEP_MS;
    this.firedCount += 1;
    this.#onTimer();
    fire?.();
  }
}
