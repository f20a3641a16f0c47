// Condemn, wait, announce (R9): when a failure that the record decided is told here.

import { describe, expect, test } from 'vitest';
import { at, CLOCK_RATE_ERROR, Directory, NEVER, Outbox, PROFILES } from '../../../src/core/index.ts';
import { Announcer } from '../../../src/core/node/announcer.ts';
import { Roster } from '../../../src/core/node/roster.ts';
import { entryOf, idOf } from '../../support/members.ts';
import { lifeOf } from '../../support/records.ts';

const STRETCH = (1 + CLOCK_RATE_ERROR) / (1 - CLOCK_RATE_ERROR);

/** Knows members 1 and 2, each in life 5. */
function fixture(): { announcer: Announcer; roster: Roster; announced: (untilMs: number) => string[] } {
  const roster = new Roster(new Directory(), idOf(0), PROFILES.lan, at(0), () => {});
  const silence = new Outbox();
  roster.putSelf(entryOf(0), at(0), silence);
  for (const ordinal of [1, 2]) roster.believe(entryOf(ordinal, { incarnation: 5 }), 'itself', at(0), silence);
  const announcer = new Announcer(roster);
  let now = 0;
  const announced = (untilMs: number): string[] => {
    const told: string[] = [];
    while (announcer.nextAt <= untilMs) {
      now = announcer.nextAt;
      const outbox = new Outbox();
      announcer.tick(at(now), outbox);
      for (const effect of outbox.effects)
        if (effect.kind === 'event' && 'member' in effect.event) told.push(`${effect.event.type} ${effect.event.member} at ${now}`);
    }
    return told;
  };
  return { announcer, roster, announced };
}

describe('a condemned life', () => {
  test('fails at the end of the proposer’s own wait, not a millisecond before', () => {
    const { announcer, announced } = fixture();
    announcer.expectOwn(lifeOf(1, 5), 300, at(1000));
    expect(announced(1299)).toStrictEqual([]);
    expect(announced(1300)).toStrictEqual(['member-failed n1 at 1300']);
    expect(announcer.nextAt).toBe(NEVER);
  });

  test('fails elsewhere after the wait that was told, stretched by what two clocks may differ', () => {
    const { announcer, announced } = fixture();
    announcer.expectTold(lifeOf(1, 5), 4500, at(1000));
    expect(announced(1000 + 4500 * STRETCH - 1)).toStrictEqual([]);
    expect(announced(1000 + 4500 * STRETCH + 1)).toHaveLength(1);
  });

  test('told with no wait left fails at once', () => {
    const { announcer, announced } = fixture();
    announcer.expectTold(lifeOf(1, 5), 0, at(1000));
    expect(announced(1000)).toStrictEqual(['member-failed n1 at 1000']);
  });

  test('that has come back as a higher life is silent: the end was of the lower one', () => {
    const { announcer, roster, announced } = fixture();
    announcer.expectOwn(lifeOf(1, 5), 300, at(0));
    roster.believe(entryOf(1, { incarnation: 6 }), 'itself', at(10), new Outbox());
    expect(announced(1000)).toStrictEqual([]);
    expect(announcer.hasEnded(idOf(1), 5)).toBe(true);
    expect(announcer.hasEnded(idOf(1), 6)).toBe(false);
  });

  test('of somebody unknown is noted, so that its lead may be taken over', () => {
    const { announcer, announced } = fixture();
    announcer.expectOwn(lifeOf(9, 5), 300, at(0));
    expect(announced(1000)).toStrictEqual([]);
    expect(announcer.hasEnded(idOf(9), 5)).toBe(true);
  });

  test('told twice takes the shorter wait: both were honest', () => {
    for (const waits of [
      [800, 300],
      [300, 800],
    ]) {
      const { announcer, announced } = fixture();
      for (const wait of waits) announcer.expectOwn(lifeOf(1, 5), wait, at(0));
      expect(announced(1000)).toStrictEqual(['member-failed n1 at 300']);
    }
  });

  test('is waited for by its highest life: neither an earlier nor a later word about a lower one shortens that', () => {
    for (const order of [
      [5, 6],
      [6, 5],
    ]) {
      const { announcer } = fixture();
      for (const life of order) announcer.expectOwn(lifeOf(1, life), life === 6 ? 800 : 300, at(0));
      expect(announcer.nextAt).toBe(800);
    }
  });

  test('that was announced is not waited for again', () => {
    const { announcer, announced } = fixture();
    announcer.expectOwn(lifeOf(1, 5), 0, at(0));
    announced(0);
    announcer.expectTold(lifeOf(1, 5), 4500, at(10));
    announcer.expectTold(lifeOf(1, 4), 4500, at(10));
    expect(announcer.nextAt).toBe(NEVER);
  });
});

describe('what others are told', () => {
  test('is what remains here, nothing for what was announced, and not known for the rest', () => {
    const { announcer, announced } = fixture();
    announcer.expectOwn(lifeOf(1, 5), 1000, at(0));
    announcer.expectOwn(lifeOf(2, 5), 100, at(0));
    announced(100);
    const remaining = [lifeOf(1, 5), lifeOf(1, 4), lifeOf(2, 5), lifeOf(1, 6), lifeOf(9, 1)].map((life) =>
      announcer.remainingMs(life, at(400)),
    );
    expect(remaining).toStrictEqual([600, 600, 0, undefined, undefined]);
  });
});

test('several are announced each in its time', () => {
  const { announcer, announced } = fixture();
  announcer.expectOwn(lifeOf(2, 5), 200, at(0));
  announcer.expectOwn(lifeOf(1, 5), 100, at(0));
  expect(announced(500)).toStrictEqual(['member-failed n1 at 100', 'member-failed n2 at 200']);
});
