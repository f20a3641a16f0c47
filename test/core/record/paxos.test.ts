// At most one value is chosen per version (I2), in a soup of messages: any order, lost, twice, late; acceptors that crash and come
// back with what the disk holds; proposers that start over with higher ballots.
// With a disk that forgets, or an acceptor that answers before it is written, the same soup must break it: else it shows nothing.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Acceptor, type AcceptorState, Attempt, type Ballot, type Change, majorityOf } from '../../../src/core/record/index.ts';
import { idOf } from '../../support/members.ts';
import { ballotOf, changeOf, lifeOf, recordOfVoters } from '../../support/records.ts';

type Said =
  | { readonly kind: 'prepare' | 'accept'; readonly to: number; readonly attempt: number }
  | { readonly kind: 'promise'; readonly from: number; readonly attempt: number; readonly accepted: AcceptorState['accepted'] }
  | { readonly kind: 'accepted'; readonly from: number; readonly attempt: number }
  | { readonly kind: 'nack'; readonly attempt: number };

type Move =
  | { readonly kind: 'begin'; readonly proposer: number }
  | { readonly kind: 'deliver' | 'deliver-and-keep' | 'lose'; readonly pick: number }
  | { readonly kind: 'crash'; readonly acceptor: number };

const VERSION = 2;
const RECORD = recordOfVoters([0, 1, 2, 3, 4]);

/** What a soup may get wrong on purpose. */
type Fault = 'none' | 'amnesia' | 'speaks-before-written';

class Soup {
  readonly #fault: Fault;
  readonly #disks: AcceptorState[];
  readonly #acceptors: Acceptor[];
  readonly #attempts: Attempt[] = [];
  readonly #soup: Said[] = [];
  /** Per ballot: its value, and whose disk holds its acceptance. */
  readonly #votes = new Map<number, { readonly change: Change; readonly by: Set<number> }>();
  #round = 0;

  constructor(voters: number, fault: Fault) {
    this.#fault = fault;
    this.#disks = Array.from({ length: voters }, () => ({ version: VERSION, promised: null, accepted: null }));
    this.#acceptors = this.#disks.map((state) => new Acceptor(state));
  }

  /** The values of all ballots that a majority has accepted. */
  get chosen(): string[] {
    const values = new Set<string>();
    for (const { change, by } of this.#votes.values()) {
      if (by.size >= majorityOf(this.#disks.length)) values.add(JSON.stringify(change));
    }
    return [...values];
  }

  move(move: Move): void {
    if (move.kind === 'begin') return this.#begin(move.proposer);
    if (move.kind === 'crash') return this.#crash(move.acceptor % this.#disks.length);
    const at = move.pick % Math.max(1, this.#soup.length);
    const said = this.#soup[at];
    if (said === undefined) return;
    if (move.kind !== 'deliver-and-keep') this.#soup.splice(at, 1);
    if (move.kind !== 'lose') this.#deliver(said);
  }

  #begin(proposer: number): void {
    const ballot: Ballot = ballotOf(++this.#round - (proposer % 2), proposer, this.#attempts.length);
    const voters = this.#disks.map((_, i) => idOf(i));
    this.#attempts.push(new Attempt(VERSION, ballot, voters, []));
    this.#sayToAll('prepare', this.#attempts.length - 1);
  }

  #sayToAll(kind: 'prepare' | 'accept', attempt: number): void {
    for (let to = 0; to < this.#disks.length; to++) this.#soup.push({ kind, to, attempt });
  }

  #deliver(said: Said): void {
    const attempt = this.#attempts[said.attempt] as Attempt;
    switch (said.kind) {
      case 'prepare': {
        const prepared = this.#acceptor(said.to).prepare(VERSION, attempt.ballot);
        if (prepared.kind === 'nack') this.#soup.push({ kind: 'nack', attempt: said.attempt });
        if (prepared.kind !== 'promise') return;
        if (this.#fault !== 'speaks-before-written') this.#write(said.to);
        this.#soup.push({ kind: 'promise', from: said.to, attempt: said.attempt, accepted: prepared.accepted });
        return;
      }
      case 'accept': {
        const { change } = attempt;
        if (change === null) return;
        const verdict = this.#acceptor(said.to).accept(RECORD, VERSION, attempt.ballot, change, true);
        if (verdict.kind === 'nack') this.#soup.push({ kind: 'nack', attempt: said.attempt });
        if (verdict.kind !== 'accepted') return;
        this.#write(said.to);
        const vote = this.#votes.get(said.attempt) ?? { change, by: new Set() };
        this.#votes.set(said.attempt, vote);
        vote.by.add(said.to);
        this.#soup.push({ kind: 'accepted', from: said.to, attempt: said.attempt });
        return;
      }
      case 'promise': {
        // Each wants something else.
        const wish = changeOf({ condemn: [lifeOf(10 + said.attempt)] });
        const isFixed = attempt.hearPromise(idOf(said.from), { accepted: said.accepted, dwellLeftMs: 0, idleMs: [] }, () => wish);
        if (isFixed) this.#sayToAll('accept', said.attempt);
        return;
      }
      case 'accepted':
        if (attempt.hearAccepted(idOf(said.from), [], 0)) expect(this.chosen).toContain(JSON.stringify(attempt.change));
        return;
      case 'nack':
        attempt.hearNack();
        return;
    }
  }

  #acceptor(at: number): Acceptor {
    return this.#acceptors[at] as Acceptor;
  }

  #write(at: number): void {
    this.#disks[at] = this.#acceptor(at).state;
  }

  /** What was not written is gone, and was never said. */
  #crash(at: number): void {
    if (this.#fault === 'amnesia') this.#disks[at] = { version: VERSION, promised: null, accepted: null };
    this.#acceptors[at] = new Acceptor(this.#disks[at] as AcceptorState);
  }
}

const someMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.nat(2).map((proposer) => ({ kind: 'begin', proposer }) as const) },
  { weight: 16, arbitrary: fc.nat(40).map((pick) => ({ kind: 'deliver', pick }) as const) },
  { weight: 3, arbitrary: fc.nat(40).map((pick) => ({ kind: 'deliver-and-keep', pick }) as const) },
  { weight: 2, arbitrary: fc.nat(40).map((pick) => ({ kind: 'lose', pick }) as const) },
  { weight: 1, arbitrary: fc.nat(4).map((acceptor) => ({ kind: 'crash', acceptor }) as const) },
);

function atMostOne(fault: Fault) {
  return fc.property(fc.integer({ min: 2, max: 5 }), fc.array(someMove, { minLength: 30, maxLength: 150 }), (voters, moves) => {
    const soup = new Soup(voters, fault);
    for (const move of moves) soup.move(move);
    expect(soup.chosen.length).toBeLessThanOrEqual(1);
  });
}

describe('in any soup of messages', () => {
  test('at most one value of a version is chosen', () => {
    fc.assert(atMostOne('none'), { numRuns: 1500 });
  });

  test('something is chosen often enough to mean anything', () => {
    const chosen = fc.sample(fc.array(someMove, { minLength: 150, maxLength: 150 }), { seed: 1, numRuns: 100 }).filter((moves) => {
      const soup = new Soup(3, 'none');
      for (const move of moves) soup.move(move);
      return soup.chosen.length > 0;
    });
    expect(chosen.length).toBeGreaterThan(30);
  });

  test.each(['amnesia', 'speaks-before-written'] as const)('with the fault %s two values get chosen, and the soup shows it', (fault) => {
    expect(fc.check(atMostOne(fault), { seed: 1, numRuns: 3000, endOnFailure: true }).failed).toBe(true);
  });
});
