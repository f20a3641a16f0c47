// The runs of one hook: one at a time, in order. A hook that cannot keep up is told the present state instead of all it missed,
// so what waits here is bounded. A fence interrupts what runs and holds back the rest until it is done.

/** What a lane carries out; calls back when it is over. */
export interface LaneRun {
  kill(): void;
}

export interface LaneParts<Event> {
  readonly start: (event: Event, ended: () => void) => LaneRun;
  /** Takes the place of more waiting events than fit. */
  readonly overflow: () => Event;
}

const WAITING_MAX = 256;

export class HookLane<Event> {
  readonly #parts: LaneParts<Event>;
  #waiting: Event[] = [];
  #running: LaneRun | null = null;
  #holdCount = 0;
  #isClosed = false;
  #idleWaiters: (() => void)[] = [];

  constructor(parts: LaneParts<Event>) {
    this.#parts = parts;
  }

  push(event: Event): void {
    if (this.#isClosed) return;
    if (this.#waiting.length >= WAITING_MAX) this.#waiting = [this.#parts.overflow()];
    this.#waiting.push(event);
    this.#work();
  }

  /** Ends what runs and starts nothing until it is released as often. */
  hold(): void {
    this.#holdCount += 1;
    this.#running?.kill();
  }

  release(): void {
    this.#holdCount -= 1;
    this.#work();
  }

  /** Resolves when nothing runs or waits. */
  idle(): Promise<void> {
    return this.#isIdle() ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#running?.kill();
  }

  #isIdle(): boolean {
    return this.#running === null && this.#waiting.length === 0;
  }

  #work(): void {
    if (this.#running !== null || this.#holdCount > 0) return;
    const event = this.#waiting.shift();
    if (event !== undefined) {
      this.#running = this.#parts.start(event, () => {
        this.#running = null;
        this.#work();
      });
      return;
    }
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
