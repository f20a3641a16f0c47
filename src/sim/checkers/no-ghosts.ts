// Nobody trusts a process that is long gone: an id without a living process is at least suspected in every list after
// 2 × T_fail + the longest delay of the network + 2 s. Once T_fail for the age of its last counter; once more for a relay that held
// that counter just as long and passed it on to a newcomer; the delay for packets still under way. An observer counts from its own
// start or resume on.

import type { MemberView } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

const SLACK_MS = 2000;

export class NoGhosts implements Checker {
  readonly rule = 'no-ghosts';
  readonly #world: CheckedWorld;

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  viewed(host: Host, members: readonly MemberView[]): string | null {
    const boundMs = 2 * this.#world.failMsMax + this.#world.delayMsMax + SLACK_MS;
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!;
      if (member.state !== 'alive') continue;
      const identity = this.#world.identities.get(member.id);
      if (identity === undefined) return `${member.name} (${member.id}) is shown, and no process ever had this id`;
      if (identity.goneSinceMs === null) continue;
      const goneMs = this.#world.nowMs - Math.max(identity.goneSinceMs, host.runningSinceMs);
      if (goneMs > boundMs) return `${member.name} is shown ${member.state}, and its process has been gone for ${goneMs.toFixed(0)} ms`;
    }
    return null;
  }
}
