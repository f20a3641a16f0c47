// Whoever else lives as this node's id: another process on a copy of its state directory, or a later life that was reaped (R1, R2).
// Who of two gives way is decided here; life.ts does it.

import type { Incarnation, NodeId } from '../ids.ts';

export const ROLLED_BACK =
  'the state directory is older than what the other voters remember of this agent: it was restored from a copy, and an agent that forgot its promises must not vote';

export class Rivals {
  /** The highest life of this id that was told of: the next one is above it. */
  #above: number;
  #wasQuorateInRun = false;
  /** Since it was quorate last. */
  #wasSuperseded = false;

  constructor(own: Incarnation) {
    this.#above = own;
  }

  /** The number that a life after `own` is to have. */
  after(own: Incarnation): number {
    return Math.max(this.#above, own) + 1;
  }

  wasQuorate(): void {
    this.#wasQuorateInRun = true;
    this.#wasSuperseded = false;
  }

  toldOf(above: Incarnation): void {
    this.#above = Math.max(this.#above, above);
  }

  /**
   * Who ends of two that live as one id (clone hold). The one that was quorate fences and goes on above the other: the voters acked
   * its run last, so its next life follows for them, and the other is held. It is also the one whose promises others hold; a copy
   * that has not been quorate may have forgotten them, so as a voter it gives way to whoever is above it. Of two that began at the
   * same number neither is known to be the copy: known + 1 once, and the next word settles it.
   */
  mustYield(above: Incarnation, own: Incarnation, isVoter: boolean): boolean {
    const mustYield = this.#wasSuperseded || (!this.#wasQuorateInRun && above > own && isVoter);
    this.#wasSuperseded = true;
    return mustYield;
  }
}

export function copied(id: NodeId, above: Incarnation, own: Incarnation): string {
  return `another process lives as this agent's id ${id} with incarnation ${above} (this one: ${own}): is its state directory copied to two hosts?`;
}
