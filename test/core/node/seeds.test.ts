// Where to knock: seeds are never forgotten, tries have their bounds, own doors never count, and nothing grows without end.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, Random } from '../../../src/core/index.ts';
import type { Difficulty } from '../../../src/core/node/difficulty.ts';
import { SeedBook } from '../../../src/core/node/seeds.ts';
import { addressOf } from '../../support/members.ts';

const silence: Difficulty = { kind: 'unanswered', reason: 'timeout' };
const refusal: Difficulty = { kind: 'unanswered', reason: 'ECONNREFUSED' };
const someAddress = fc.nat(60).map(addressOf);
const someSeed = fc.constantFrom('a', 'b:1', '[::1]:7946', 'c');

function newBook(seeds: readonly string[] = [], lost: readonly ReturnType<typeof addressOf>[] = [], seed = 1): SeedBook {
  return new SeedBook(new Random(seed), at(0), seeds, lost);
}

describe('seeds', () => {
  test('are never forgotten, whatever happens, and are kept once each', () => {
    const someAct = fc.oneof(
      someSeed.map((seed) => (book: SeedBook) => book.add([seed])),
      someAddress.map((lost) => (book: SeedBook) => book.rememberLost(lost)),
      someAddress.map((found) => (book: SeedBook) => book.forgetLost(found)),
      someAddress.map((own) => (book: SeedBook) => book.markOwn(own)),
      someSeed.map((seed) => (book: SeedBook) => book.noteProblem(seed, silence)),
      someSeed.map((seed) => (book: SeedBook) => book.noteSuccess(seed)),
      fc.nat(5).map((count) => (book: SeedBook) => void book.takeLost(count)),
    );
    fc.assert(
      fc.property(fc.array(someSeed), fc.array(someAct, { maxLength: 50 }), (seeds, acts) => {
        const book = newBook(seeds);
        for (const act of acts) act(book);
        expect(book.seeds.slice(0, new Set(seeds).size)).toStrictEqual([...new Set(seeds)]);
        expect(new Set(book.seeds).size).toBe(book.seeds.length);
      }),
    );
  });

  test('are tried at once, then after a wait that grows to its bound, a quarter more or less', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const book = newBook(['a'], [], seed);
        expect(book.tryAt).toBe(0);
        let delayMs = 0;
        for (let tries = 0; tries < 20; tries++) {
          delayMs = Math.min(5000, Math.max(500, delayMs * 1.5));
          book.schedule(at(1000), 500, 5000);
          expect(book.tryAt - 1000).toBeGreaterThanOrEqual(0.75 * delayMs);
          expect(book.tryAt - 1000).toBeLessThan(1.25 * delayMs);
        }
        expect(delayMs).toBe(5000);
        book.tryNow(at(2000));
        expect(book.tryAt).toBe(2000);
        book.schedule(at(2000), 500, 5000);
        expect(book.tryAt - 2000).toBeLessThan(1.25 * 500);
      }),
    );
  });

  test('of two nodes are not tried in step', () => {
    const [one, other] = [newBook(['a'], [], 1), newBook(['a'], [], 2)];
    one.schedule(at(0), 500, 5000);
    other.schedule(at(0), 500, 5000);
    expect(one.tryAt).not.toBe(other.tryAt);
  });
});

describe('doors', () => {
  test('are all of a name’s addresses but the own ones, in an order by chance, 32 at most', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.uniqueArray(someAddress, { maxLength: 60, size: '+1' }),
        fc.array(someAddress),
        (seed, addresses, own) => {
          const book = newBook(['a'], [], seed);
          for (const door of own) book.markOwn(door);
          const worth = addresses.filter((door) => !own.includes(door));
          const doors = book.doors(addresses);
          expect(new Set(doors).size).toBe(doors.length);
          expect(doors.length).toBe(Math.min(32, worth.length));
          expect(doors.every((door) => worth.includes(door))).toBe(true);
        },
      ),
    );
  });

  test('are all tried in the end, when there are more than one try knocks at', () => {
    const book = newBook(['a']);
    const addresses = [...Array(100).keys()].map(addressOf);
    const tried = new Set<string>();
    for (let tries = 0; tries < 30; tries++) for (const door of book.doors(addresses)) tried.add(door);
    expect(tried.size).toBe(100);
  });
});

describe('lost members', () => {
  test('are the last 16, each tried in turn', () => {
    const book = newBook([], [...Array(20).keys()].map(addressOf));
    const tried = [0, 1, 2, 3, 4, 5, 6, 7].flatMap(() => book.takeLost(2));
    expect(tried).toStrictEqual([...Array(16).keys()].map((i) => addressOf(i + 4)));
    expect(book.takeLost(2)).toStrictEqual(tried.slice(0, 2));
  });

  test('that were found are tried no more, nor those whose address is an own one now', () => {
    const book = newBook([], [addressOf(1), addressOf(2)]);
    book.forgetLost(addressOf(1));
    expect(book.takeLost(9)).toStrictEqual([addressOf(2)]);
    book.markOwn(addressOf(2));
    expect(book.isEmpty).toBe(true);
  });
});

describe('difficulties', () => {
  test('of an address outlive the next lookup of its seed, be it a name or that very address', () => {
    const book = newBook(['a', addressOf(2)]);
    for (const [seed, door] of [['a', addressOf(1)] as const, [addressOf(2), addressOf(2)] as const]) {
      book.lookedUp(seed, [door]);
      book.noteProblem(door, silence);
      book.lookedUp(seed, [door]);
      expect(book.problems.get(door)).toBe(silence);
    }
  });

  test('of a lookup go with the next one that finds something', () => {
    const book = newBook(['a']);
    book.noteProblem('a', { kind: 'lookup', problem: 'no such name' });
    book.lookedUp('a', [addressOf(1)]);
    expect(book.problems.size).toBe(0);
  });

  test('of an address that no seed stands for any more are dropped', () => {
    const book = newBook(['a', 'b'], [addressOf(9)]);
    book.lookedUp('a', [addressOf(1), addressOf(2)]);
    book.lookedUp('b', [addressOf(2)]);
    for (const door of [addressOf(1), addressOf(2), addressOf(9)]) book.noteProblem(door, silence);
    book.lookedUp('a', [addressOf(3)]);
    expect([...book.problems.keys()]).toStrictEqual([addressOf(2), addressOf(9)]);
    expect([addressOf(1), addressOf(2), addressOf(9), 'b', 'c'].map((where) => book.isSought(where))).toStrictEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test('are told of the seeds that are asked about alone', () => {
    const book = newBook(['a', 'b']);
    book.lookedUp('a', [addressOf(1)]);
    book.lookedUp('b', [addressOf(2)]);
    book.noteProblem(addressOf(1), silence);
    book.noteProblem(addressOf(2), refusal);
    book.noteProblem('b', silence);
    expect(book.problemsOf(['a'])).toStrictEqual([[addressOf(1), silence]]);
    expect(book.problemsOf(['b', 'c'])).toStrictEqual([
      [addressOf(2), refusal],
      ['b', silence],
    ]);
  });
});

test('problems and own doors are bounded, and a problem goes when its seed helped', () => {
  const book = newBook(['a']);
  for (let i = 0; i < 1000; i++) {
    book.noteProblem(`seed-${i}`, silence);
    book.markOwn(addressOf(i));
  }
  expect(book.problems.size).toBe(64);
  expect([...Array(1000).keys()].filter((i) => book.isOwn(addressOf(i))).length).toBe(64);
  book.noteProblem('seed-0', refusal);
  expect(book.problems.get('seed-0')).toBe(refusal);
  book.noteSuccess('seed-0');
  expect(book.problems.has('seed-0')).toBe(false);
});
