// I1: once `failed` of (X, incarnation) was announced anywhere, X is not quorate in that life and nothing runs under its lease, at
// that instant and ever after. The same for `left` and `stopped`, on which others act at once (R9). A suspended machine runs nothing; what it does once it wakes is killed before anything else.

import type { CoreEvent, Effect, Input, NodeId } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Child } from '../supervisor.ts';
import type { CheckedWorld, Checker } from './checker.ts';

/** In a world of more, all leases are looked through when an end is told for the first time; that none comes back is judged at each step. */
const CROWD = 200;

export class FailedMeansOver implements Checker {
  readonly rule = 'I1-failed-means-over';
  readonly #world: CheckedWorld;
  readonly #failed = new Map<NodeId, { incarnation: number; atMs: number; by: string }>();

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  told(host: Host, event: CoreEvent): string | null {
    if (event.type !== 'member-failed' && event.type !== 'member-left' && event.type !== 'member-stopped') return null;
    const { id, incarnation, member } = event;
    const known = this.#failed.get(id);
    if (known === undefined || incarnation > known.incarnation) {
      this.#failed.set(id, { incarnation, atMs: this.#world.nowMs, by: host.name });
    } else if (this.#world.hosts.length > CROWD) return null;
    for (let i = 0; i < this.#world.hosts.length; i++) {
      const other = this.#world.hosts[i]!;
      const lease = this.#world.leases.of(other);
      if (lease.id === id && lease.incarnation <= incarnation && lease.untilMs > this.#world.nowMs && this.#world.leases.isQuorate(lease))
        return `${host.name} tells ${event.type} of ${member}, and it is quorate for another ${(lease.untilMs - this.#world.nowMs).toFixed(1)} ms`;
      if (other.isSuspended) continue;
      const child = other.children.find((one) => one.id === id && one.incarnation <= incarnation);
      if (child !== undefined) return `${host.name} tells ${event.type} of ${member}, and what it ran while ${child.scope} is not dead`;
    }
    return null;
  }

  stepped(host: Host, _input: Input, _effects: readonly Effect[]): string | null {
    const lease = this.#world.leases.of(host);
    if (!lease.isRenewed) return null;
    return this.#judge(lease.id as NodeId, lease.incarnation, 'is quorate');
  }

  childStarted(_host: Host, child: Child): string | null {
    return this.#judge(child.id, child.incarnation, `starts what runs while ${child.scope}`);
  }

  #judge(id: NodeId, incarnation: number, what: string): string | null {
    const failed = this.#failed.get(id);
    if (failed === undefined || incarnation > failed.incarnation) return null;
    return `${what} in a life whose end ${failed.by} told ${(this.#world.nowMs - failed.atMs).toFixed(0)} ms ago`;
  }
}
