// Calls the checkers, and decides which lists are read when; the first violation is kept and ends the run.
// Up to SMALL hosts every list is read after any step of its node that changed what it shows, else every 500 ms; in a bigger world
// WATCHED_MAX hosts, evenly spread, are read every 2 s each. Node.checkInvariants() runs with each reading.

import type { CoreEvent, Effect, Input } from '../../core/index.ts';
import type { End, Host } from '../host.ts';
import type { Child } from '../supervisor.ts';
import type { CheckedWorld, Checker, Violation } from './checker.ts';
import type { LeaseBook } from './lease-book.ts';

const SMALL = 16;
const WATCHED_MAX = 64;
const READ_SMALL_MS = 500;
const READ_BIG_MS = 2000;

export class Inspector {
  readonly #world: CheckedWorld;
  readonly #leases: LeaseBook;
  readonly #checkers: readonly Checker[];
  readonly #steppedBy: readonly Checker[];
  /** Whether anyone reads lists. */
  readonly #isReading: boolean;
  readonly #lastReadMs: number[] = [];
  readonly #lastIndex: number[] = [];
  #violation: Violation | null = null;

  constructor(world: CheckedWorld, leases: LeaseBook, checkers: readonly Checker[]) {
    this.#world = world;
    this.#leases = leases;
    this.#checkers = checkers;
    this.#steppedBy = checkers.filter((checker) => checker.stepped !== undefined);
    this.#isReading = checkers.some((checker) => checker.viewed !== undefined);
  }

  get violation(): Violation | null {
    return this.#violation;
  }

  /** For what is found outside of a checker: an assertion of the core, an expectation of a scene. */
  report(rule: string, host: string, message: string): void {
    this.#violation ??= { rule, atMs: this.#world.nowMs, host, message };
  }

  started(host: Host): void {
    for (const checker of this.#checkers) checker.started?.(host);
    this.#lastReadMs[host.index] = Number.NEGATIVE_INFINITY;
    this.#lastIndex[host.index] = -1;
  }

  ended(host: Host, end: End): void {
    this.#leases.ended(host);
    for (const checker of this.#checkers) this.#note(checker, host, checker.ended?.(host, end));
  }

  stepped(host: Host, input: Input, effects: readonly Effect[]): void {
    this.#leases.read(host, input);
    for (let i = 0; i < this.#steppedBy.length; i++) {
      const checker = this.#steppedBy[i]!;
      this.#note(checker, host, checker.stepped?.(host, input, effects));
    }
    // In the order in which they are told, and before the list is read: it shows what they led to.
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      if (effect.kind === 'event') this.#told(host, effect.event);
    }
    if (this.#isReading && this.#isToBeRead(host)) this.#read(host);
  }

  childStarted(host: Host, child: Child): void {
    for (const checker of this.#checkers) this.#note(checker, host, checker.childStarted?.(host, child));
  }

  polled(): void {
    for (const checker of this.#checkers) this.#note(checker, null, checker.polled?.());
  }

  isWatched(host: Host): boolean {
    const stride = Math.ceil(this.#world.hosts.length / WATCHED_MAX);
    return this.#world.hosts.length <= SMALL || host.index % stride === 0;
  }

  #told(host: Host, event: CoreEvent): void {
    for (let i = 0; i < this.#checkers.length; i++) {
      const checker = this.#checkers[i]!;
      if (checker.told !== undefined) this.#note(checker, host, checker.told(host, event));
    }
  }

  #isToBeRead(host: Host): boolean {
    const sinceMs = this.#world.nowMs - this.#lastReadMs[host.index]!;
    if (this.#world.hosts.length > SMALL) return sinceMs >= READ_BIG_MS && this.isWatched(host);
    return sinceMs >= READ_SMALL_MS || host.process?.node.index !== this.#lastIndex[host.index];
  }

  #read(host: Host): void {
    const node = host.process?.node;
    if (node === undefined) return;
    this.#lastReadMs[host.index] = this.#world.nowMs;
    this.#lastIndex[host.index] = node.index;
    node.checkInvariants();
    const members = node.members(host.clock.nowMs());
    for (const checker of this.#checkers) this.#note(checker, host, checker.viewed?.(host, members));
  }

  #note(checker: Checker, host: Host | null, problem: string | null | undefined): void {
    if (problem !== null && problem !== undefined) this.report(checker.rule, host?.name ?? '-', problem);
  }
}
