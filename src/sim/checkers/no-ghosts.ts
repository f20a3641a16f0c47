// Nobody trusts a process that is long gone: an id without a living process is at least suspected in every list after
// 2 × T_fail + the longest delay of the network + 2 s. Once T_fail for the age of its last counter; once more for a relay that held
// that counter just as long and passed it on to a newcomer; the delay for packets still under way. An observer counts from its own
// start or resume on, and one that joined late, and heard of it only then, for the newcomer's T_fail from when it first showed it.
// While a disk takes seconds for a write, a voter's word takes as long, and who leaves doubt to the voters has to wait for it.

import type { MemberView } from '../../core/index.ts';
import type { Host, Identity } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

const SLACK_MS = 2000;

export class NoGhosts implements Checker {
  readonly rule = 'no-ghosts';
  readonly #world: CheckedWorld;
  /** When each run of an observer first showed an id alive, of those that were gone by then. */
  readonly #firstMs = new Map<string, number>();

  /** When a disk was slow last. */
  #slowMs = Number.NEGATIVE_INFINITY;

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  viewed(host: Host, members: readonly MemberView[]): string | null {
    if (this.#world.hosts.some((other) => other.disk.health === 'slow')) this.#slowMs = this.#world.nowMs;
    const boundMs = 2 * this.#world.failMsMax + this.#world.delayMsMax + SLACK_MS;
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!;
      if (member.state !== 'alive') continue;
      const identity = this.#world.identities.get(member.id);
      if (identity === undefined) return `${member.name} (${member.id}) is shown, and no process ever had this id`;
      if (identity.goneSinceMs === null) continue;
      const heardMs = this.#heardMs(host, identity) - this.#world.failMsMax;
      const goneMs = this.#world.nowMs - Math.max(identity.goneSinceMs, host.runningSinceMs, heardMs, this.#slowMs);
      if (goneMs > boundMs) return `${member.name} is shown ${member.state}, and its process has been gone for ${goneMs.toFixed(0)} ms`;
    }
    return null;
  }

  #heardMs(host: Host, { id, goneSinceMs }: Identity): number {
    const key = `${host.index} ${host.startCount} ${id} ${goneSinceMs}`;
    const knownMs = this.#firstMs.get(key);
    if (knownMs === undefined) this.#firstMs.set(key, this.#world.nowMs);
    return knownMs ?? this.#world.nowMs;
  }
}
