// One node's list against a model that keeps everything, under any sequence of changes: alone with a directory of its own
// that reuses slots, and beside another node's list over one shared directory.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, Directory, type Facts, type MemberEntry, type MemberState, type NodeId } from '../../../src/core/index.ts';
import { MemberTable } from '../../../src/core/membership/index.ts';
import { addressOf, entryOf, idOf, metaOf, plainTag } from '../../support/members.ts';
import { TableModel } from '../../support/table-model.ts';

const SELF = idOf(0);
const IDS = 5;
const START_MS = 1_000;
const SILENCE_MS = 2_475;

/** Two nodes' models, and their tables. */
type Models = readonly TableModel[];
type Tables = readonly MemberTable[];

interface Step {
  readonly node: number;
  readonly ordinal: number;
}

const step: fc.Arbitrary<Step> = fc.record({ node: fc.nat(1), ordinal: fc.nat(IDS) });
const someFacts: fc.Arbitrary<Facts> = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(2), fc.nat(2))
  .map(([name, host, version]) => ({ name, address: addressOf(host), meta: metaOf({ version }) }));
const ended = fc.constantFrom<Exclude<MemberState, 'alive'>[]>('failed', 'stopped', 'left');
/** Mostly honest, sometimes the low half of another's tag. */
const someTagOf = (ordinal: number, incarnation: number): fc.Arbitrary<MemberEntry['tag']> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(plainTag(ordinal, incarnation)) },
    { weight: 1, arbitrary: fc.constant({ lo: 7, hi: ordinal }) },
  );

/** A change of one row: where it may happen, what it does to the model and to the table. */
function change(
  name: string,
  { node, ordinal }: Step,
  fits: (model: TableModel, id: NodeId) => boolean,
  act: (model: TableModel, table: MemberTable, id: NodeId, slot: number) => void,
): fc.Command<Models, Tables> {
  const id = idOf(ordinal);
  return {
    check: (models) => fits(models[node]!, id),
    run: (models, tables) => {
      const [model, table] = [models[node]!, tables[node]!];
      // As before every step of a node.
      table.advance(at(model.nowMs));
      act(model, table, id, table.slotOf(id));
      for (const [i, other] of models.entries()) other.expectSame(tables[i]!);
    },
    toString: () => `${name}(${node}, n${ordinal})`,
  };
}

const isKnown = (model: TableModel, id: NodeId): boolean => model.rows.has(id);
const isAlive = (model: TableModel, id: NodeId): boolean => model.rows.get(id)?.state === 'alive';
const isAliveOther = (model: TableModel, id: NodeId): boolean => id !== SELF && isAlive(model, id);

const commands: fc.Arbitrary<fc.Command<Models, Tables>>[] = [
  fc
    .record({
      step,
      lives: fc.integer({ min: 1, max: 3 }),
      counter: fc.nat(5_000),
      facts: someFacts,
      isConfirmed: fc.boolean(),
      state: ended,
    })
    .chain((given) =>
      fc.record({ given: fc.constant(given), isDead: fc.boolean(), tag: someTagOf(given.step.ordinal, given.lives), age: fc.nat(9_000) }),
    )
    .map(({ given: { step: where, lives, counter, facts, isConfirmed, state }, isDead, tag, age }) => {
      const isEnded = isDead && where.ordinal !== 0;
      const entry = entryOf(where.ordinal, {
        incarnation: lives,
        tag,
        counter,
        facts,
        state: isEnded ? state : 'alive',
        stateAgeMs: isEnded ? age : 0,
      });
      return change(
        `put ${JSON.stringify(entry)}`,
        where,
        (model, id) => (model.rows.get(id)?.entry.incarnation ?? 0) < lives,
        (model, table) => {
          table.put(entry, isConfirmed || where.ordinal === 0, at(model.nowMs));
          model.put(entry, isConfirmed || where.ordinal === 0);
        },
      );
    }),
  fc.record({ step, by: fc.integer({ min: -3, max: 400 }) }).map(({ step: where, by }) =>
    change(`hearCounter +${by}`, where, isAliveOther, (model, table, id, slot) => {
      const counter = Math.max(0, model.row(id).counter + by);
      expect(table.hearCounter(slot, counter, at(model.nowMs))).toBe(model.hearCounter(id, counter));
    }),
  ),
  step.map((where) =>
    change(
      'confirm',
      where,
      (model, id) => isAlive(model, id) && !model.row(id).isConfirmed,
      (model, table, id, slot) => {
        table.confirm(slot);
        model.row(id).isConfirmed = true;
      },
    ),
  ),
  fc.record({ step, isSuspect: fc.boolean() }).map(({ step: where, isSuspect }) =>
    change(`setSuspect ${isSuspect}`, where, isAliveOther, (model, table, id, slot) => {
      table.setSuspect(slot, isSuspect);
      model.row(id).isSuspect = isSuspect;
    }),
  ),
  fc.record({ step, facts: someFacts }).map(({ step: where, facts }) =>
    change(`setFacts ${JSON.stringify(facts)}`, where, isKnown, (model, table, id, slot) => {
      table.setFacts(slot, facts);
      model.row(id).facts = facts;
    }),
  ),
  fc.record({ step, state: ended, ageMs: fc.nat(9_000) }).map(({ step: where, state, ageMs }) =>
    change(`setVerdict ${state}`, where, isKnown, (model, table, id, slot) => {
      table.setVerdict(slot, state, ageMs, at(model.nowMs));
      model.setVerdict(id, state, ageMs);
    }),
  ),
  fc.record({ step, counter: fc.nat(9_000) }).map(({ step: where, counter }) =>
    change(
      `setLastCounter ${counter}`,
      where,
      (model, id) => isKnown(model, id) && !isAlive(model, id),
      (model, table, id, slot) => {
        table.setLastCounter(slot, counter);
        model.row(id).counter = counter;
      },
    ),
  ),
  step.map((where) =>
    change(
      'drop',
      where,
      (model, id) => id !== SELF && isKnown(model, id),
      (model, table, id, slot) => {
        table.drop(slot);
        model.rows.delete(id);
        expect(table.slotOf(id)).toBe(-1);
      },
    ),
  ),
  fc
    .record({ step, byMs: fc.oneof(fc.nat(400), fc.nat(4_000), fc.nat(100_000)), fraction: fc.constantFrom(0, 0.25, 0.5) })
    .map(({ step: where, byMs, fraction }) =>
      change(
        `advance ${byMs}`,
        where,
        () => true,
        (model, table) => {
          model.nowMs += byMs + fraction;
          table.advance(at(model.nowMs));
        },
      ),
    ),
  fc.record({ step, silenceMs: fc.constantFrom(605, 2_475, 7_150) }).map(({ step: where, silenceMs }) =>
    change(
      `retime ${silenceMs}`,
      where,
      () => true,
      (model, table) => {
        table.retime(silenceMs, at(model.nowMs));
        model.retime(silenceMs);
      },
    ),
  ),
];

function expectModel(directories: () => readonly [Directory, Directory]): void {
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 60, size: '+1' }), (sequence) => {
      fc.modelRun(() => {
        const model = [0, 1].map(() => new TableModel(SELF, SILENCE_MS, START_MS));
        const real = directories().map((directory) => new MemberTable(directory, SELF, SILENCE_MS, at(START_MS)));
        return { model, real };
      }, sequence);
    }),
    { numRuns: 250 },
  );
}

describe('a list agrees with its model after every change', () => {
  test('with a directory of its own', () => {
    expectModel(() => [new Directory(), new Directory()]);
  });

  test('beside another list over a shared directory', () => {
    const shared = (): [Directory, Directory] => {
      const directory = new Directory({ isShared: true });
      return [directory, directory];
    };
    expectModel(shared);
  });
});

test('a directory of its own gives the slot of a dropped member to the next one, who is found and is no one else', () => {
  const table = new MemberTable(new Directory(), SELF, SILENCE_MS, at(START_MS));
  const slot = table.put(entryOf(1), true, at(START_MS));
  table.drop(slot);
  expect(table.put(entryOf(2, { facts: entryOf(1).facts }), true, at(START_MS))).toBe(slot);
  expect(table.slotOf(idOf(1))).toBe(-1);
  expect(table.slotOf(idOf(2))).toBe(slot);
  expect(table.slotOfTag(entryOf(1).tag)).toBe(-1);
  expect(table.slotOfTag(entryOf(2).tag)).toBe(slot);
  table.checkInvariants();
});

test('a late relay of an old counter is old when it comes, and prolongs no life', () => {
  const table = new MemberTable(new Directory(), SELF, SILENCE_MS, at(0));
  const slot = table.put(entryOf(1, { counter: 100 }), true, at(10_000));
  table.advance(at(13_500));
  // Emitted at 10,500, heard three seconds after it.
  expect(table.hearCounter(slot, 150, at(13_500))).toBe(true);
  expect(table.freshAt(slot)).toBe(10_500);
  expect(table.silent.has(slot)).toBe(true);
});

test('a clock that runs slow is followed within a minute: its member does not grow old', () => {
  const table = new MemberTable(new Directory(), SELF, SILENCE_MS, at(0));
  const slot = table.put(entryOf(1, { counter: 0 }), true, at(0));
  let oldestMs = 0;
  for (let nowMs = 500; nowMs < 3_600_000; nowMs += 500) {
    table.hearCounter(slot, Math.floor((nowMs * 0.99) / 10), at(nowMs));
    oldestMs = Math.max(oldestMs, nowMs - table.freshAt(slot));
  }
  // 1 % of a minute, and one tick.
  expect(oldestMs).toBeLessThanOrEqual(610);
});
