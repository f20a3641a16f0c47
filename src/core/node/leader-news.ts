// Tells who leads, as far as this node may say so, whenever that has changed.

import type { Outbox } from '../effect.ts';
import type { LeaderView } from '../view.ts';

export class LeaderNews {
  #told: string | null = null;

  tell(leader: LeaderView | null, outbox: Outbox): void {
    const told = leader === null ? null : `${leader.id} ${leader.token} ${leader.isSelf}`;
    if (told === this.#told) return;
    this.#told = told;
    const reason = leader === null ? 'nobody, as far as is known here' : leader.isSelf ? 'this agent leads' : 'named by the record';
    outbox.push({
      kind: 'event',
      event: {
        type: 'leader-changed',
        leader: leader?.name ?? null,
        token: leader?.token ?? null,
        isSelf: leader?.isSelf ?? false,
        reason,
      },
    });
  }
}
