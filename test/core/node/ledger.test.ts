// Nothing is said before it is on disk (R14).

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, type DurableState, Outbox } from '../../../src/core/index.ts';
import { Ledger } from '../../../src/core/node/ledger.ts';
import { durableState } from '../../support/durable-state.ts';

/** A ledger of a state that is one number; `disk` is what has been written, `asked` what is under way. */
class Desk {
  value = 0;
  disk: DurableState | null = null;
  readonly asked: { readonly ticket: number; readonly state: DurableState }[] = [];
  readonly said: string[] = [];
  readonly ledger: Ledger;

  constructor(writeCount = 0) {
    this.ledger = new Ledger(writeCount, (count) => durableState({ writeCount: count, clusterName: String(this.value) }));
  }

  /** Decides on a value, to be said once it is durable. */
  decide(value: number): void {
    this.value = value;
    this.#run((outbox) => this.ledger.write(outbox, () => this.said.push(`${value} with ${this.disk?.clusterName} on disk`)));
  }

  decideTogether(values: readonly number[]): void {
    this.#run((outbox) =>
      this.ledger.together(outbox, () => {
        for (const value of values) this.decide(value);
      }),
    );
  }

  persisted(ticket = this.asked[0]?.ticket ?? 0): void {
    const at0 = this.asked.findIndex((one) => one.ticket === ticket);
    if (at0 >= 0) this.disk = this.asked.splice(at0, 1)[0]!.state;
    this.#run((outbox) => this.ledger.persisted(ticket, at(0), outbox));
  }

  #run(act: (outbox: Outbox) => void): void {
    const outbox = new Outbox();
    act(outbox);
    for (const effect of outbox.effects) if (effect.kind === 'persist') this.asked.push(effect);
  }
}

test('a state that is given up counts as the oldest there is from its next write on, as often as it is started after', () => {
  const desk = new Desk(40);
  desk.decide(1);
  desk.ledger.renounce();
  expect(desk.ledger.writeCount).toBe(0);
  desk.decide(2);
  desk.persisted();
  desk.persisted();
  expect([desk.disk?.writeCount, desk.disk?.clusterName]).toStrictEqual([0, '2']);
});

describe('what was decided', () => {
  test('is said when it is on disk, not when it was asked for', () => {
    const desk = new Desk();
    desk.decide(1);
    expect(desk.said).toStrictEqual([]);
    desk.persisted();
    expect(desk.said).toStrictEqual(['1 with 1 on disk']);
  });

  test('together is on disk together, in one write, and said in the order of deciding', () => {
    const desk = new Desk();
    desk.decideTogether([1, 2, 3]);
    expect(desk.asked.map(({ state }) => state.clusterName)).toStrictEqual(['3']);
    desk.persisted();
    expect(desk.said).toStrictEqual([1, 2, 3].map((value) => `${value} with 3 on disk`));
    expect(desk.asked).toStrictEqual([]);
  });

  test('together waits for a write that is under way, and is not lost when nothing was', () => {
    const desk = new Desk();
    desk.decideTogether([]);
    desk.decide(1);
    desk.decideTogether([2, 3]);
    desk.persisted();
    expect(desk.asked.map(({ state }) => state.clusterName)).toStrictEqual(['3']);
    desk.persisted();
    expect(desk.said.length).toBe(3);
  });

  test('while a write is under way goes into the next one, all together', () => {
    const desk = new Desk();
    for (const value of [1, 2, 3]) desk.decide(value);
    expect(desk.asked.length).toBe(1);
    desk.persisted();
    expect(desk.said).toStrictEqual(['1 with 1 on disk']);
    expect(desk.asked.map(({ state }) => state.clusterName)).toStrictEqual(['3']);
    desk.persisted();
    expect(desk.said.slice(1)).toStrictEqual(['2 with 3 on disk', '3 with 3 on disk']);
    expect(desk.asked).toStrictEqual([]);
  });

  test('is not said for a ticket of another write, nor twice for its own', () => {
    const desk = new Desk();
    desk.decide(1);
    desk.persisted(99);
    expect(desk.said).toStrictEqual([]);
    desk.persisted(1);
    desk.persisted(1);
    expect(desk.said.length).toBe(1);
  });
});

describe('the count of writes', () => {
  test('goes on from what the disk said, one a write', () => {
    const desk = new Desk(41);
    desk.decide(1);
    desk.decide(2);
    desk.persisted();
    expect(desk.asked[0]?.state.writeCount).toBe(43);
  });

  test('is told to others only as far as it is durable: they hold it against a disk that knows less', () => {
    const desk = new Desk(41);
    desk.decide(1);
    expect(desk.ledger.writeCount).toBe(41);
    desk.persisted();
    expect(desk.ledger.writeCount).toBe(42);
  });
});

test('in whatever order decisions and writes come, what is said is on disk, and all is said in the end', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (moves) => {
      const desk = new Desk();
      let decided = 0;
      for (const isDecision of moves) {
        if (isDecision) desk.decide(++decided);
        else desk.persisted();
        expect(desk.asked.length).toBeLessThanOrEqual(1);
      }
      while (desk.asked.length > 0) desk.persisted();
      expect(desk.said.length).toBe(decided);
      for (const [i, line] of desk.said.entries()) {
        const [said, onDisk] = line.split(' with ').map(Number.parseFloat);
        expect(said).toBe(i + 1);
        expect(onDisk).toBeGreaterThanOrEqual(said!);
      }
    }),
  );
});
