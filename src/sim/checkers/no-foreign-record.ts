// I10: there is no record without init, expect or force, and clusters that are foreign to each other never merge: an id belongs
// to one cluster for good (but for a forced recovery, which makes a new one), and a first record comes from one who may found.

import type { Effect, Input, NodeId } from '../../core/index.ts';
import type { Host } from '../host.ts';
import type { CheckedWorld, Checker } from './checker.ts';

export class NoForeignRecord implements Checker {
  readonly rule = 'I10-no-record-from-nowhere';
  readonly #world: CheckedWorld;
  readonly #clusterOf = new Map<NodeId, string>();
  readonly #founded = new Set<string>();

  constructor(world: CheckedWorld) {
    this.#world = world;
  }

  stepped(host: Host, _input: Input, effects: readonly Effect[]): string | null {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      if (effect.kind !== 'persist' || effect.state.clusterId === null) continue;
      const { id, clusterId, record } = effect.state;
      const known = this.#clusterOf.get(id);
      if (known !== undefined && known !== clusterId && !host.mayRecover) return `goes from cluster ${known} to ${clusterId}`;
      if (known === clusterId) continue;
      this.#clusterOf.set(id, clusterId);
      if (record === null || this.#founded.has(clusterId)) continue;
      this.#founded.add(clusterId);
      if (!this.#mayFound(host, clusterId)) return `holds a record of cluster ${clusterId}, which nobody may have founded`;
    }
    return null;
  }

  #mayFound(host: Host, cluster: string): boolean {
    return host.launch.isFounder || host.launch.expect !== undefined || host.mayRecover || this.#world.foundedTogether === cluster;
  }
}
