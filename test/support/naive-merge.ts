// The naive twin of membership/merge.ts: what two accounts of one member come to, written as plainly as the rule is said,
// and a list that is nothing but a Map.

import type { Facts, MemberEntry, MemberState, NodeId, Tag } from '../../src/core/index.ts';

export interface Believed {
  readonly incarnation: number;
  readonly tag: Tag;
  readonly state: MemberState;
  readonly counter: number;
  readonly facts: Facts;
}

const RANKS: Readonly<Record<MemberState, number>> = { alive: 0, failed: 1, stopped: 2, left: 3 };

/** The higher life whole; of one life the heavier verdict, the greatest counter and the latest facts. */
export function naiveMerge(a: Believed, b: Believed): Believed {
  const lives = compare([a.incarnation, a.tag.hi, a.tag.lo], [b.incarnation, b.tag.hi, b.tag.lo]);
  if (lives !== 0) return lives > 0 ? a : b;
  return {
    incarnation: a.incarnation,
    tag: a.tag,
    state: RANKS[a.state] >= RANKS[b.state] ? a.state : b.state,
    counter: Math.max(a.counter, b.counter),
    facts: compare(factsKey(a.facts), factsKey(b.facts)) >= 0 ? a.facts : b.facts,
  };
}

/** What a list holds after all of these were heard. */
export function naiveList(entries: readonly MemberEntry[]): Map<NodeId, Believed> {
  const list = new Map<NodeId, Believed>();
  for (const { id, incarnation, tag, state, counter, facts } of entries) {
    const heard: Believed = { incarnation, tag, state, counter, facts };
    const known = list.get(id);
    list.set(id, known === undefined ? heard : naiveMerge(known, heard));
  }
  return list;
}

function factsKey({ name, address, meta }: Facts): (number | string)[] {
  const { version, restarts, zone, software, canVote, tags } = meta;
  return [version, JSON.stringify([name, address, restarts, zone, software, canVote, tags])];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}
