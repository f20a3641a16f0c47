// Hooks: commands that run at events (INTERFACE, Hooks). Each hook has a lane of its own; `fenced` has another beside it (R7): it
// starts at once, is tried again until it succeeds, and is killed at T_stop. The node does not return to life before that,
// so that what the hook takes down is down before anybody else may take over. A hook never delays the state itself.

import { HookLane, type LaneRun } from './hook-lane.ts';
import type { HookEnd, HookRun, HookRunOptions, startHook } from './hook-process.ts';
import type { HookOptions } from './options.ts';
import type { Clock } from './ports.ts';

/** What happened, as the hook reads it on its standard input; `sync` is how things stand, told once after every start. */
export interface HookEvent {
  readonly type: string;
  readonly incarnation?: number;
  readonly [field: string]: unknown;
}

/** How things stand when a hook starts: handlers go by the level, not by the edge. */
export interface Situation {
  readonly node: string;
  readonly cluster: string;
  readonly standing: string;
  readonly leader: string | null;
  readonly token: number | null;
  readonly socket: string;
}

export interface HookReport {
  readonly hook: string;
  readonly event: string;
  readonly end: HookEnd;
}

export interface HookParts {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly start: typeof startHook;
  readonly situation: () => Situation;
  readonly stopMs: () => number;
  readonly report: (report: HookReport) => void;
  readonly after: (ms: number, callback: () => void) => () => void;
}

interface Hook {
  readonly options: HookOptions;
  readonly lane: HookLane<HookEvent>;
}

/** The fencing of one incarnation: its hooks, and who waits for them. */
interface Fencing {
  readonly limitMs: number;
  readonly runs: Set<HookRun>;
  openCount: number;
  isTold: boolean;
  waiter: (() => void) | null;
}

const SYNC: HookEvent = { type: 'sync' };
const KILL_GRACE_MS = 5000;
/** Between TERM and KILL at T_stop. */
const FENCE_GRACE_MS = 100;
const FENCE_RETRY_MS = 50;
const CLOSE_PATIENCE_MS = 2000;

export class Hooks {
  readonly #parts: HookParts;
  readonly #hooks: readonly Hook[];
  readonly #fencings = new Map<number, Fencing>();

  constructor(hooks: readonly HookOptions[], parts: HookParts) {
    this.#parts = parts;
    this.#hooks = hooks.map((options) => ({
      options,
      lane: new HookLane<HookEvent>({ start: (event, ended) => this.#startRun(options, event, ended), overflow: () => SYNC }),
    }));
  }

  /** The present state, to every hook. */
  sync(): void {
    for (const { lane } of this.#hooks) lane.push(SYNC);
  }

  tell(event: HookEvent): void {
    const isFence = event.type === 'fenced';
    for (const hook of this.#hooks) {
      if (!hook.options.events.some((type) => type === event.type)) continue;
      if (isFence) this.#runFence(hook, event);
      else hook.lane.push(event);
    }
    if (!isFence || event.incarnation === undefined) return;
    const fencing = this.#fencings.get(event.incarnation);
    if (fencing === undefined) return;
    fencing.isTold = true;
    this.#settle(event.incarnation, fencing);
  }

  /** `done` once the `fenced` hooks of that incarnation are through, or killed after `limitMs`. */
  awaitFence(incarnation: number, limitMs: number, done: () => void): void {
    if (!this.#hooks.some(({ options }) => options.events.includes('fenced'))) {
      done();
      return;
    }
    const fencing = this.#fencing(incarnation, limitMs);
    fencing.waiter = done;
    this.#settle(incarnation, fencing);
  }

  /** Lets what waits run for a moment, then ends all. */
  async close(): Promise<void> {
    let cancel = (): void => {};
    const patience = new Promise<void>((resolve) => {
      cancel = this.#parts.after(CLOSE_PATIENCE_MS, resolve);
    });
    const fenceRuns = [...this.#fencings.values()].flatMap(({ runs }) => [...runs].map((run) => run.ended));
    await Promise.race([Promise.all([...this.#hooks.map(({ lane }) => lane.idle()), ...fenceRuns]), patience]);
    cancel();
    for (const { lane } of this.#hooks) lane.close();
    for (const { runs } of this.#fencings.values()) for (const run of runs) run.kill();
  }

  #startRun(options: HookOptions, event: HookEvent, ended: () => void): LaneRun {
    const run = this.#start(options, event, { timeoutMs: options.timeoutMs, graceMs: KILL_GRACE_MS });
    void run.ended.then((end) => {
      this.#report(options, event, end);
      ended();
    });
    return run;
  }

  #runFence({ options, lane }: Hook, event: HookEvent): void {
    const incarnation = event.incarnation ?? 0;
    const fencing = this.#fencing(incarnation, this.#parts.stopMs());
    fencing.openCount += 1;
    lane.hold();
    const finish = (): void => {
      fencing.openCount -= 1;
      lane.release();
      this.#settle(incarnation, fencing);
    };
    const attempt = (): void => {
      const leftMs = fencing.limitMs - this.#parts.clock.nowMs();
      if (leftMs <= 0) {
        finish();
        return;
      }
      const graceMs = Math.min(FENCE_GRACE_MS, leftMs / 2);
      const run = this.#start(options, event, { timeoutMs: leftMs - graceMs, graceMs });
      fencing.runs.add(run);
      void run.ended.then((end) => {
        fencing.runs.delete(run);
        this.#report(options, event, end);
        if (end.kind === 'done') finish();
        else this.#parts.after(FENCE_RETRY_MS, attempt);
      });
    };
    attempt();
  }

  #fencing(incarnation: number, limitMs: number): Fencing {
    const known = this.#fencings.get(incarnation);
    if (known !== undefined) return known;
    const limit = this.#parts.clock.nowMs() + limitMs;
    const fencing: Fencing = { limitMs: limit, runs: new Set(), openCount: 0, isTold: false, waiter: null };
    this.#fencings.set(incarnation, fencing);
    this.#parts.after(limitMs, () => {
      // What it left undone is not covered (R7).
      for (const run of fencing.runs) run.kill();
      fencing.isTold = true;
      fencing.openCount = 0;
      this.#settle(incarnation, fencing);
    });
    return fencing;
  }

  #settle(incarnation: number, fencing: Fencing): void {
    if (!fencing.isTold || fencing.openCount > 0) return;
    this.#fencings.delete(incarnation);
    const { waiter } = fencing;
    fencing.waiter = null;
    waiter?.();
  }

  #start({ command }: HookOptions, event: HookEvent, times: Pick<HookRunOptions, 'timeoutMs' | 'graceMs'>): HookRun {
    const situation = this.#parts.situation();
    const { node, cluster, standing, leader, token, socket } = situation;
    const env = {
      QUORATE_EVENT: event.type,
      QUORATE_NODE: node,
      QUORATE_CLUSTER: cluster,
      QUORATE_STANDING: standing,
      QUORATE_LEADER: leader ?? '',
      QUORATE_TOKEN: token === null ? '' : String(token),
      QUORATE_SOCKET: socket,
    };
    return this.#parts.start(command, { env, stdin: `${JSON.stringify({ ...event, now: situation })}\n`, ...times });
  }

  #report({ command }: HookOptions, event: HookEvent, end: HookEnd): void {
    const hook = command.kind === 'shell' ? command.text : command.words.join(' ');
    this.#parts.report({ hook, event: event.type, end });
  }
}
