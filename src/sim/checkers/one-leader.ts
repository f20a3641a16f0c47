// I5: at any instant at most one node leads, and at most one host runs what belongs to the leader; a token belongs to one life.

import type { Effect, Input } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { Child } from '../supervisor.ts';
import type { CheckedWorld, Checker } from './checker.ts';

export class OneLeader implements Checker {
  readonly rule = 'I5-one-leader';
  readonly #world: CheckedWorld;
  readonly #tokens = new Map<string, string>();

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  stepped(host: Host, _input: Input, _effects: readonly Effect[]): string | null {
    const { leases } = this.#world;
    const lease = leases.of(host);
    if (!lease.isLeader || !lease.isRenewed) return null;
    const node = host.process?.node;
    if (node === undefined) return null;
    for (const other of leases.othersLeading(host)) {
      if (!leases.isLeader(other)) continue;
      // Two clusters have a leader each.
      const otherHost = this.#world.hosts[other.hostIndex]!;
      if (otherHost.process?.node.clusterId !== node.clusterId) continue;
      return `leads, and ${otherHost.name} leads for another ${(other.untilMs - this.#world.nowMs).toFixed(1)} ms`;
    }
    const token = node.leader(host.clock.nowMs(), host.clock.bootMs())?.token;
    const key = `${node.clusterId} ${token}`;
    const life = `${lease.id} ${lease.incarnation}`;
    const known = this.#tokens.get(key);
    if (known === undefined) this.#tokens.set(key, life);
    return known === undefined || known === life ? null : `leads with token ${token}, which was another life's`;
  }

  childStarted(host: Host, child: Child): string | null {
    if (child.scope !== 'leader') return null;
    for (const other of this.#world.hosts) {
      if (other === host || other.isSuspended || other.disk.durable?.clusterId !== host.disk.durable?.clusterId) continue;
      if (other.children.some(({ scope }) => scope === 'leader')) return `starts the leader's work, and ${other.name}'s is not dead`;
    }
    return null;
  }
}
