// Which passages are blocked, as events: one when it comes to be so, one when it is over. Looked at now and then, because nothing of it
// is decided by; what is blocked at this instant, passages.ts tells.

import type { MemberEventType, Outbox } from '../effect.ts';
import { incarnation } from '../ids.ts';
import { type MemberTable, NONE } from '../membership/index.ts';
import type { Blocked } from './passages.ts';

export class PassageNews {
  readonly #table: MemberTable;
  readonly #told = new Map<string, Blocked>();

  constructor(table: MemberTable) {
    this.#table = table;
  }

  look(blocked: readonly Blocked[], outbox: Outbox): void {
    if (blocked.length === 0 && this.#told.size === 0) return;
    const present = new Map(blocked.map((one) => [`${one.code} ${one.id}`, one]));
    for (const [key, one] of present) {
      if (!this.#told.has(key)) this.#event(one.code, one, one.message, outbox);
      this.#told.set(key, one);
    }
    for (const [key, one] of this.#told) {
      if (present.has(key)) continue;
      this.#told.delete(key);
      this.#event('unblocked', one, `no longer ${one.code}`, outbox);
    }
  }

  /** Hearsay whose datagrams never came is not in the list for long: then it has no life to name. */
  #event(type: MemberEventType, { id, name, address }: Blocked, reason: string, outbox: Outbox): void {
    const slot = this.#table.slotOf(id);
    const life = slot === NONE ? incarnation(0) : this.#table.incarnationOf(slot);
    outbox.push({ kind: 'event', event: { type, member: name, id, incarnation: life, address, reason } });
  }
}
