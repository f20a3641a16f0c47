// Which incarnation a packet of ours is sent under: its tag is the hash of (cluster, id, incarnation, nonce) and is looked up backwards.
// Shared by the rules that look at what nodes emit.

import { type Envelope, incarnation, tagOf } from '../../core/index.ts';
import type { Host } from '../host.ts';

/** A run that learns it was superseded or failed takes a higher incarnation; until that is durable it may still speak as the one before. */
const STEPS_BACK_MAX = 4;

interface Known {
  readonly lo: number;
  readonly hi: number;
  readonly nonce: string;
  readonly incarnation: number;
}

export class EmittedTags {
  readonly #last: (Known | undefined)[] = [];

  /** Null when the tag is not one of this run's. */
  incarnationOf(host: Host, envelope: Envelope): number | null {
    const { lo, hi } = envelope.sender;
    const known = this.#last[host.index];
    if (known !== undefined && known.lo === lo && known.hi === hi && known.nonce === host.nonce) return known.incarnation;
    const node = host.process?.node;
    if (node === undefined || node.clusterId === null) return null;
    for (let back = 0; back <= STEPS_BACK_MAX && back <= node.incarnation; back++) {
      const lives = incarnation(node.incarnation - back);
      const tag = tagOf(node.clusterId, node.id, lives, host.nonce);
      if (tag.lo !== lo || tag.hi !== hi) continue;
      this.#last[host.index] = { lo, hi, nonce: host.nonce, incarnation: lives };
      return lives;
    }
    return null;
  }
}

/** The envelope that an effect puts on the network under a tag, if it does; without a cluster there is no tag yet. */
export function taggedEnvelope(effect: { readonly kind: string; readonly envelope?: Envelope }): Envelope | null {
  return effect.envelope !== undefined && effect.envelope.clusterHash !== 0 ? effect.envelope : null;
}
