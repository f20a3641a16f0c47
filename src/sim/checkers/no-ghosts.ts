// Nobody trusts a process that is long gone: an id without a living process is at least suspected in every list after
// 2 × T_fail + the longest delay of the network + 2 s. Once T_fail for the age of its last counter; once more for a relay that held
// that counter just as long and passed it on to a newcomer; the delay for packets still under way. An observer counts from its own
// start or resume on, and one that joined late, and heard of it only then, for the newcomer's T_fail from when it first showed it.
// Who is quorate and does not vote leaves doubt to the voters, for 10 × T_fail at most: L2 says when their word must come, and where they
// cannot give it (a majority wiped, a disk that takes seconds for a write), such an observer counts from when it last did so.

import type { MemberView } from '../../core/index.ts';
import type { Host, Identity } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

const SLACK_MS = 2000;
/** In T_fail. */
const UNHURRIED = 10;

export class NoGhosts implements Checker {
  readonly rule = 'no-ghosts';
  readonly #world: CheckedWorld;
  /** When each run of an observer first showed an id alive, of those that were gone by then. */
  readonly #firstMs = new Map<string, number>();
  /** When each host last left doubt to the voters. */
  readonly #trustingMs = new Map<number, number>();

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  viewed(host: Host, members: readonly MemberView[]): string | null {
    const leavesDoubt = this.#leavesDoubt(host);
    if (leavesDoubt) this.#trustingMs.set(host.index, this.#world.nowMs);
    const trustingMs = leavesDoubt ? Number.NEGATIVE_INFINITY : (this.#trustingMs.get(host.index) ?? Number.NEGATIVE_INFINITY);
    const boundMs = (leavesDoubt ? UNHURRIED : 2) * this.#world.failMsMax + this.#world.delayMsMax + SLACK_MS;
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!;
      if (member.state !== 'alive') continue;
      const identity = this.#world.identities.get(member.id);
      if (identity === undefined) return `${member.name} (${member.id}) is shown, and no process ever had this id`;
      if (identity.goneSinceMs === null) continue;
      const heardMs = this.#heardMs(host, identity) - this.#world.failMsMax;
      const goneMs = this.#world.nowMs - Math.max(identity.goneSinceMs, host.runningSinceMs, heardMs, trustingMs);
      if (goneMs > boundMs) return `${member.name} is shown ${member.state}, and its process has been gone for ${goneMs.toFixed(0)} ms`;
    }
    return null;
  }

  #leavesDoubt(host: Host): boolean {
    const node = host.process?.node;
    return node?.standing === 'quorate' && node.record?.voters.some(({ id }) => id === node.id) === false;
  }

  #heardMs(host: Host, { id, goneSinceMs }: Identity): number {
    const key = `${host.index} ${host.startCount} ${id} ${goneSinceMs}`;
    const knownMs = this.#firstMs.get(key);
    if (knownMs === undefined) this.#firstMs.set(key, this.#world.nowMs);
    return knownMs ?? this.#world.nowMs;
  }
}
