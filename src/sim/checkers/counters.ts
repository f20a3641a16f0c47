// Counters never go back: the (incarnation, counter) that a node holds of any member only grows.
// A run's memory ends with it; a row that was dropped and came back is judged by the no-resurrection rule. Two runs of a copied or
// restored state directory may be in one incarnation: there the tags decide, and the counter begins anew.

import type { MemberView, NodeId } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Checker } from './checker.ts';

interface Held {
  incarnation: number;
  counter: number;
  seenInView: number;
}

export class CountersGrow implements Checker {
  readonly rule = 'counters-grow';
  readonly #copied = new Set<NodeId>();
  readonly #held: (Map<NodeId, Held> | undefined)[] = [];
  #view = 0;

  started(host: Host): void {
    this.#held[host.index] = new Map();
    if (host.isCopy) this.#copied.add(host.identity.id);
  }

  viewed(host: Host, members: readonly MemberView[]): string | null {
    const held = this.#held[host.index];
    if (held === undefined) return null;
    this.#view += 1;
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!;
      const before = held.get(member.id);
      if (before === undefined) {
        held.set(member.id, { incarnation: member.incarnation, counter: member.counter, seenInView: this.#view });
        continue;
      }
      const isYounger = member.incarnation === before.incarnation && member.counter < before.counter;
      if (member.incarnation < before.incarnation || (isYounger && !this.#copied.has(member.id))) {
        return `holds (${member.incarnation}, ${member.counter}) of ${member.name} after (${before.incarnation}, ${before.counter})`;
      }
      before.incarnation = member.incarnation;
      before.counter = member.counter;
      before.seenInView = this.#view;
    }
    if (held.size > members.length) this.#forgetDropped(held);
    return null;
  }

  #forgetDropped(held: Map<NodeId, Held>): void {
    for (const [id, row] of held) if (row.seenInView !== this.#view) held.delete(id);
  }
}
