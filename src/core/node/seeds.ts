// Where to knock: seeds are never forgotten, resolved anew at every try, tried with all their addresses, with jitter, for
// ever. Addresses of members that were lost long ago are kept beside them, a few, so that the halves of a partition of any
// length find each other. Own addresses never count.

import type { Address } from '../ids.ts';
import type { Random } from '../random.ts';
import { at, type MonotonicMs } from '../time.ts';
import type { Difficulty } from './difficulty.ts';

/** Addresses kept of lost members and from the cache file. */
const LOST_MAX = 16;
/** Doors of one seed that a try knocks at, drawn anew each time. */
const KNOCKS_MAX = 32;
/** Difficulties and own doors that are kept. */
const NOTED_MAX = 64;
/** Addresses kept of one seed. */
const ADDRESSES_MAX = 64;

export class SeedBook {
  readonly #random: Random;
  readonly #seeds: string[] = [];
  readonly #lost: Address[] = [];
  readonly #own = new Set<Address>();
  /** What each seed's name stood for when it was last looked up. */
  readonly #addressesOf = new Map<string, readonly Address[]>();
  /** Why a seed, or an address that one stands for, did not help at the last try. */
  readonly #problems = new Map<string, Difficulty>();
  #tryAt: MonotonicMs;
  #delayMs: number;

  constructor(random: Random, now: MonotonicMs, seeds: readonly string[], lost: readonly Address[]) {
    this.#random = random;
    this.#tryAt = now;
    this.#delayMs = 0;
    this.add(seeds);
    for (const known of lost) this.rememberLost(known);
  }

  get seeds(): readonly string[] {
    return this.#seeds;
  }

  get isEmpty(): boolean {
    return this.#seeds.length === 0 && this.#lost.length === 0;
  }

  get problems(): ReadonlyMap<string, Difficulty> {
    return this.#problems;
  }

  get tryAt(): MonotonicMs {
    return this.#tryAt;
  }

  add(seeds: readonly string[]): void {
    for (const seed of seeds) if (!this.#seeds.includes(seed)) this.#seeds.push(seed);
  }

  tryNow(now: MonotonicMs): void {
    this.#tryAt = now;
    this.#delayMs = 0;
  }

  /** The next try: soon at first, then at most every `maxMs`. */
  schedule(now: MonotonicMs, minMs: number, maxMs: number): void {
    this.#delayMs = Math.min(maxMs, Math.max(minMs, this.#delayMs * 1.5));
    this.#tryAt = at(now + this.#delayMs * this.#random.between(0.75, 1.25));
  }

  rememberLost(lost: Address): void {
    if (this.#lost.includes(lost)) return;
    if (this.#lost.length === LOST_MAX) this.#lost.shift();
    this.#lost.push(lost);
  }

  /** Lost addresses to try with the seeds of this try. */
  takeLost(count: number): Address[] {
    const taken = this.#lost.splice(0, count);
    this.#lost.push(...taken);
    return taken;
  }

  forgetLost(found: Address): void {
    const index = this.#lost.indexOf(found);
    if (index >= 0) this.#lost.splice(index, 1);
  }

  /** Something behind this address answered that it is us: no member is to be found there again. */
  markOwn(own: Address): void {
    this.forgetLost(own);
    if (this.#own.size < NOTED_MAX) this.#own.add(own);
  }

  isOwn(candidate: Address): boolean {
    return this.#own.has(candidate);
  }

  /** The doors worth knocking at among a seed's addresses, in random order. */
  doors(addresses: readonly Address[]): Address[] {
    const doors = addresses.filter((candidate) => !this.#own.has(candidate));
    for (let i = doors.length - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      [doors[i], doors[j]] = [doors[j]!, doors[i]!];
    }
    return doors.slice(0, KNOCKS_MAX);
  }

  /** What the last lookup found wrong is over; so is whatever an address did that no seed stands for any more. */
  lookedUp(seed: string, addresses: readonly Address[]): void {
    this.#addressesOf.set(seed, addresses.slice(0, ADDRESSES_MAX));
    const { kind } = this.#problems.get(seed) ?? {};
    if (kind === 'lookup' || kind === 'itself') this.#problems.delete(seed);
    for (const where of this.#problems.keys()) if (!this.isSought(where)) this.#problems.delete(where);
  }

  /** A seed, an address that one stands for, or where a lost member was. */
  isSought(where: string): boolean {
    if (this.#seeds.includes(where) || this.#lost.some((lost) => lost === where)) return true;
    for (const addresses of this.#addressesOf.values()) if (addresses.some((known) => known === where)) return true;
    return false;
  }

  /** The difficulties with these seeds and the addresses that they stand for. */
  problemsOf(seeds: readonly string[]): [where: string, difficulty: Difficulty][] {
    const isOfThem = (where: string): boolean =>
      seeds.some((seed) => seed === where || this.#addressesOf.get(seed)?.some((known) => known === where) === true);
    return [...this.#problems].filter(([where]) => isOfThem(where));
  }

  noteProblem(where: string, difficulty: Difficulty): void {
    if (this.#problems.has(where) || this.#problems.size < NOTED_MAX) this.#problems.set(where, difficulty);
  }

  noteSuccess(where: string): void {
    this.#problems.delete(where);
  }
}
