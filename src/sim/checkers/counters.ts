// Counters never go back: the (incarnation, counter) that a node holds of any member only grows.
// A run's memory ends with it; a row that was dropped and came back is judged by the no-resurrection rule. Two runs of a copied or
// restored state directory may be in one incarnation: there the tags decide, and with each such start the counter may begin anew once.

import type { MemberView, NodeId } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Checker } from './checker.ts';

interface Held {
  incarnation: number;
  counter: number;
  seenInView: number;
  /** How often its counter began anew. */
  renewals: number;
}

export class CountersGrow implements Checker {
  readonly rule = 'counters-grow';
  /** Starts of a copy under an id that had lived already. */
  readonly #copies = new Map<NodeId, number>();
  readonly #lived = new Set<NodeId>();
  readonly #held: (Map<NodeId, Held> | undefined)[] = [];
  #view = 0;

  started(host: Host): void {
    this.#held[host.index] = new Map();
    const { id } = host.identity;
    if (host.isCopy && this.#lived.has(id)) this.#copies.set(id, (this.#copies.get(id) ?? 0) + 1);
    this.#lived.add(id);
  }

  viewed(host: Host, members: readonly MemberView[]): string | null {
    const held = this.#held[host.index];
    if (held === undefined) return null;
    this.#view += 1;
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!;
      const before = held.get(member.id);
      if (before === undefined) {
        held.set(member.id, { incarnation: member.incarnation, counter: member.counter, seenInView: this.#view, renewals: 0 });
        continue;
      }
      const isRenewed = member.incarnation === before.incarnation && member.counter < before.counter;
      if (isRenewed) before.renewals += 1;
      if (member.incarnation < before.incarnation || (isRenewed && before.renewals > (this.#copies.get(member.id) ?? 0))) {
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
