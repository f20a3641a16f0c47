// Nothing a peer says makes the list longer than it may be: the dead make room, the living keep theirs, the rest is counted.

import { expect, test } from 'vitest';
import { LIMITS, type MemberEntry } from '../../src/core/index.ts';
import { entryOf } from '../support/members.ts';
import { Puppet, Stage } from '../support/stage.ts';

const CHUNK = 1_000;

/** n1 tells of so many that are alive from the first ordinal on. */
function tell(stage: Stage, teller: Puppet, entries: readonly MemberEntry[]): void {
  for (let i = 0; i < entries.length; i += CHUNK) stage.hear(teller.pushes(entries.slice(i, i + CHUNK)));
}

function many(first: number, count: number, change: Partial<MemberEntry> = {}): MemberEntry[] {
  return Array.from({ length: count }, (_, i) => entryOf(first + i, { ...change, incarnation: 1 }));
}

test('a list is never longer than it may be, the dead make room, and who finds none is refused and counted', () => {
  const [stage, teller] = [new Stage().enter(), new Puppet(1)];
  stage.hear(teller.hello());
  // Full: the node, n1, ten dead and the rest alive.
  tell(stage, teller, many(100, 10, { state: 'failed' }));
  const living = LIMITS.membersMax - 12;
  tell(stage, teller, many(1_000, living));
  tell(stage, teller, many(1_000, living, { counter: 2 }));
  expect(stage.shown().length).toBe(LIMITS.membersMax);
  expect(stage.node.refusals.get('list-full')).toBeUndefined();

  // Ten newcomers take the places of the dead.
  tell(stage, teller, many(50_000, 10));
  tell(stage, teller, many(50_000, 10, { counter: 2 }));
  expect(stage.shown().filter((line) => line.endsWith('failed'))).toStrictEqual([]);
  expect(stage.shown().length).toBe(LIMITS.membersMax);
  expect(stage.node.refusals.get('list-full')).toBeUndefined();

  // The next finds none.
  tell(stage, teller, many(60_000, 25));
  expect(stage.node.refusals.get('list-full')).toBe(25);
  expect(stage.shown().length).toBe(LIMITS.membersMax);
  const late = new Puppet(70_000);
  expect(stage.hear(late.hello(1), late.address)).toStrictEqual([]);

  // Known members are heard all the same, and one that ends leaves its place.
  tell(stage, teller, many(1_000, 1, { state: 'left' }));
  expect(stage.hear(late.hello(1), late.address)).toContain('event member-joined n70000: heard');
});

test('a full list whose owner is leaving has no place but those of others', () => {
  const [stage, teller] = [new Stage().enter(), new Puppet(1)];
  stage.hear(teller.hello());
  tell(stage, teller, many(1_000, LIMITS.membersMax - 2));
  tell(stage, teller, many(1_000, LIMITS.membersMax - 2, { counter: 2 }));
  stage.command({ kind: 'leave' });
  stage.workloadsEnded();
  stage.persisted();
  tell(stage, teller, many(70_000, 1));
  expect(stage.node.refusals.get('list-full')).toBe(1);
  expect(stage.shown()).toContain('n0 left');
});
