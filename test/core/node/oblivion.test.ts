// Who is on the list no longer is forgotten, once nothing of it is needed (R9, R14).

import { expect, test } from 'vitest';
import { at, Directory, type NodeId, PROFILES, type Tag } from '../../../src/core/index.ts';
import { Witness } from '../../../src/core/lease/index.ts';
import type { CatchUp } from '../../../src/core/node/catch-up.ts';
import type { Chain } from '../../../src/core/node/chain.ts';
import type { Keeper } from '../../../src/core/node/keeper.ts';
import { Oblivion } from '../../../src/core/node/oblivion.ts';
import { Recall } from '../../../src/core/node/recall.ts';
import { Roster } from '../../../src/core/node/roster.ts';
import { entryOf, idOf, plainTag } from '../../support/members.ts';
import { recordOfVoters } from '../../support/records.ts';

const { lan } = PROFILES;
const CHURN = 2000;

/** A list, and what a voter remembers; of the other parts only what is asked of them here. */
class Desk {
  readonly roster = new Roster(new Directory(), idOf(0), lan, at(0), () => {});
  readonly witness = new Witness(lan.failMs, at(0));
  readonly recall = new Recall(idOf(0), 1, 0, false);
  voters: readonly number[] = [0];
  readonly oblivion: Oblivion;

  constructor() {
    const chain = {
      desk: this,
      get record() {
        return recordOfVoters(this.desk.voters);
      },
    };
    this.oblivion = new Oblivion(
      this.roster,
      chain as unknown as Chain,
      { acker: { witness: this.witness }, forget: () => {}, rememberedCount: 0 } as unknown as Keeper,
      { forget: () => {}, size: 0 } as unknown as CatchUp,
      this.recall,
    );
  }

  /** Comes, is acknowledged, and is dropped as hearsay that stayed silent; `nowMs` of the ack. */
  comeAndGo(ordinal: number, nowMs: number): void {
    const [id, tag]: [NodeId, Tag] = [idOf(ordinal), plainTag(ordinal, 1)];
    this.roster.table.put(entryOf(ordinal), false, at(nowMs));
    this.witness.hear({ id, incarnation: 1, tag, counter: 1, isShownSuccession: true, isFirstLife: true }, at(nowMs));
    this.recall.remember(id, tag, 1, 5);
    this.roster.advance(at(nowMs + 2 * lan.failMs));
    this.roster.judge(at(nowMs + 2 * lan.failMs), { push: () => {} } as never);
  }
}

test('a churn of thousands leaves nothing behind once the last lease of theirs is over', () => {
  const desk = new Desk();
  for (let ordinal = 1; ordinal <= CHURN; ordinal++) desk.comeAndGo(ordinal, 1000);
  expect([desk.roster.table.rowCount, desk.witness.size, desk.recall.size]).toStrictEqual([0, CHURN, CHURN]);
  desk.oblivion.checkInvariants();
  desk.oblivion.sweep(0, at(1000 + lan.failMs - 1));
  expect(desk.witness.size).toBe(CHURN);
  desk.oblivion.sweep(0, at(1000 + lan.failMs));
  expect([desk.witness.size, desk.recall.size]).toStrictEqual([0, 0]);
  desk.oblivion.checkInvariants();
});

test('what was seen of a voter is kept for as long as it is one: its disk may come back older (R14)', () => {
  const desk = new Desk();
  desk.voters = [0, 3];
  desk.comeAndGo(3, 1000);
  desk.oblivion.sweep(0, at(90_000_000));
  expect(desk.recall.answerTo(idOf(3), plainTag(3, 2))).toMatchObject({ incarnation: 1, writeCount: 5 });
  desk.voters = [0];
  desk.oblivion.sweep(0, at(90_000_001));
  expect(desk.recall.size).toBe(0);
});

test('who is back on the list is remembered like any other', () => {
  const desk = new Desk();
  desk.comeAndGo(3, 1000);
  desk.roster.table.put(entryOf(3, { incarnation: 2 }), true, at(20_000));
  desk.oblivion.sweep(0, at(90_000));
  expect([desk.witness.size, desk.recall.size]).toStrictEqual([1, 1]);
});
