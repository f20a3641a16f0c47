// What `quorate run` does on one host, as its own process: it asks the agent for the lease, runs a child only while that holds,
// and keeps the deadline by itself: the moment it sent its question + what remained (R7). It needs no living agent to act on it.
// A child gets TERM at its deadline, late by up to T_lag, and is dead at most T_stop after that; both are often at their worst,
// because the inequality is about the worst. Two of them stand on each host: one runs while quorate, one while leading.

import type { StopWish } from '../agent/ports.ts';
import { at, type NodeId, type Random, type Timings } from '../core/index.ts';
import type { HostClock } from './host-clock.ts';
import type { Scheduler } from './scheduler.ts';

export type Scope = 'quorate' | 'leader';

/** What the agent answers. */
export interface Grant {
  readonly id: NodeId;
  readonly incarnation: number;
  readonly remainingMs: number;
  readonly isLeader: boolean;
}

/** A supervised process, from its start until it is reaped. */
export interface Child {
  readonly scope: Scope;
  readonly id: NodeId;
  readonly incarnation: number;
}

export interface SupervisorPorts {
  readonly scheduler: Scheduler;
  readonly clock: HostClock;
  readonly random: Random;
  readonly timings: Timings;
  /** Nothing is quick: T_lag and T_stop are used up. */
  readonly isWorst: () => boolean;
  /** Through the agent's socket; never answered when it is dead, late when it stands still. */
  readonly ask: (done: (grant: Grant) => void) => void;
  readonly onStart: (child: Child) => void;
  readonly onEnd: (child: Child) => void;
}

interface Run {
  readonly child: Child;
  /** On the clocks of the host, of which the further one counts. */
  deadlineMonoMs: number;
  deadlineBootMs: number;
  /** Of the world; infinite until it got TERM. */
  diesAtMs: number;
}

const POLLS_PER_LEASE = 4;
/** The uptime is coarse: no use in looking more often. */
const LOOK_MS_MIN = 1;
const SOCKET_MS = { from: 0.05, to: 2 } as const;

export class Supervisor {
  readonly #ports: SupervisorPorts;
  readonly #scope: Scope;
  #run: Run | null = null;
  #isFrozen = false;
  /** Answers from before the last stop are worth nothing: the socket keeps their order. */
  #stops = 0;
  #waitingForEnd: (() => void)[] = [];

  constructor(scope: Scope, ports: SupervisorPorts) {
    this.#scope = scope;
    this.#ports = ports;
    ports.scheduler.schedule(ports.random.between(0, ports.timings.fenceMs / POLLS_PER_LEASE), this.#poll);
  }

  /** Runs, or dies and is not reaped yet. */
  get child(): Child | null {
    return this.#run?.child ?? null;
  }

  /** The agent's word: dead within `deadMs` of the host's clock. */
  stop(request: StopWish, done: () => void): void {
    this.#stops += 1;
    if (this.#run === null) {
      done();
      return;
    }
    this.#waitingForEnd.push(done);
    this.#terminate(this.#run, request.deadMs);
  }

  /** The machine is suspended: nothing runs. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** And goes on: what should have ended meanwhile is killed before anything else happens. */
  thaw(): void {
    this.#isFrozen = false;
    const run = this.#run;
    if (run === null) return;
    if (this.#isOver(run) || run.diesAtMs <= this.#ports.scheduler.nowMs) this.#end(run);
    else this.#watch(run);
  }

  /** The power is gone, and all processes with it. */
  vanish(): void {
    if (this.#run !== null) this.#end(this.#run);
  }

  readonly #poll = (): void => {
    const { scheduler, random, timings, clock, ask } = this.#ports;
    scheduler.schedule(timings.fenceMs / POLLS_PER_LEASE, this.#poll);
    if (this.#isFrozen) return;
    const monoMs = clock.nowMs();
    const bootMs = clock.bootMs();
    const stops = this.#stops;
    ask((grant) => {
      scheduler.schedule(random.between(SOCKET_MS.from, SOCKET_MS.to), () => {
        if (stops === this.#stops && !this.#isFrozen) this.#granted(grant, monoMs, bootMs);
      });
    });
  };

  #granted(grant: Grant, sentMonoMs: number, sentBootMs: number): void {
    const { clock } = this.#ports;
    if (grant.remainingMs <= 0 || (this.#scope === 'leader' && !grant.isLeader)) return;
    const deadlineMonoMs = sentMonoMs + grant.remainingMs;
    const deadlineBootMs = sentBootMs + grant.remainingMs;
    if (clock.nowMs() >= deadlineMonoMs || clock.bootMs() >= deadlineBootMs) return;
    const run = this.#run;
    if (run === null) {
      const child = { scope: this.#scope, id: grant.id, incarnation: grant.incarnation };
      this.#run = { child, deadlineMonoMs, deadlineBootMs, diesAtMs: Number.POSITIVE_INFINITY };
      this.#ports.onStart(child);
      this.#watch(this.#run);
      return;
    }
    // One that got TERM is not called back; one of another life gets no more time.
    if (run.diesAtMs !== Number.POSITIVE_INFINITY || run.child.incarnation !== grant.incarnation || run.child.id !== grant.id) return;
    run.deadlineMonoMs = Math.max(run.deadlineMonoMs, deadlineMonoMs);
    run.deadlineBootMs = Math.max(run.deadlineBootMs, deadlineBootMs);
  }

  #watch(run: Run): void {
    const { scheduler, clock, random, timings } = this.#ports;
    if (run.diesAtMs !== Number.POSITIVE_INFINITY) {
      scheduler.at(run.diesAtMs, () => this.#reap(run));
      return;
    }
    const lateMs = random.chance(0.3) || this.#ports.isWorst() ? timings.lagMs : random.between(0, timings.lagMs / 10);
    // The real one looks at both clocks every 50 ms: after a suspension the uptime is there long before a timer would be.
    const bootLeftMs = Math.max(LOOK_MS_MIN, (run.deadlineBootMs - clock.bootMs()) / clock.rate);
    scheduler.at(Math.min(clock.worldMsOf(at(run.deadlineMonoMs)), scheduler.nowMs + bootLeftMs), () => {
      if (this.#run !== run || this.#isFrozen || run.diesAtMs !== Number.POSITIVE_INFINITY) return;
      if (!this.#isOver(run)) this.#watch(run);
      else
        scheduler.schedule(lateMs / clock.rate, () => {
          if (this.#run === run && !this.#isFrozen) this.#terminate(run, timings.stopMs);
        });
    });
  }

  #isOver(run: Run): boolean {
    const { clock } = this.#ports;
    return clock.nowMs() >= run.deadlineMonoMs || clock.bootMs() >= run.deadlineBootMs;
  }

  #terminate(run: Run, withinMs: number): void {
    const { scheduler, clock, random } = this.#ports;
    const tookMs = random.chance(0.3) || this.#ports.isWorst() ? withinMs : random.between(0, withinMs / 4);
    const diesAtMs = scheduler.nowMs + tookMs / clock.rate;
    if (diesAtMs >= run.diesAtMs) return;
    run.diesAtMs = diesAtMs;
    scheduler.at(diesAtMs, () => this.#reap(run));
  }

  #reap(run: Run): void {
    if (this.#run === run && !this.#isFrozen && this.#ports.scheduler.nowMs >= run.diesAtMs) this.#end(run);
  }

  #end(run: Run): void {
    this.#run = null;
    this.#ports.onEnd(run.child);
    const waiting = this.#waitingForEnd;
    this.#waitingForEnd = [];
    for (const done of waiting) done();
  }
}
