// The sends of one step of a node as datagrams: whatever goes to one address shares one where it fits (bundle.ts), so a beat, the acks
// that are due and a push of the list are one packet to a voter and not three. What goes to one address keeps its order.
// The node knows nothing of it: it says each thing for itself, and each is heard for itself.

import type { Address, Effect, Envelope } from '../core/index.ts';
import type { Codec } from './codec.ts';

type Send = Extract<Effect, { readonly kind: 'send' }>;

const END = -1;

export class Datagrams {
  readonly #codec: Codec;
  // Per message and address: what, where to, and the next to the same address.
  readonly #sends: Send[] = [];
  readonly #to: Address[] = [];
  readonly #next: number[] = [];
  readonly #isFirst: boolean[] = [];
  /** By address the newest message to it. */
  readonly #last = new Map<Address, number>();
  readonly #shared: Envelope[] = [];

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  /** `send` is done with the bytes when it returns. */
  send(effects: readonly Effect[], send: (to: Address, bytes: Uint8Array) => void): void {
    let only: Send | null = null;
    let sendCount = 0;
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      if (effect.kind !== 'send') continue;
      only = effect;
      sendCount += 1;
    }
    if (only === null) return;
    if (sendCount > 1) {
      this.#sort(effects);
      this.#sendSorted(send);
      return;
    }
    const bytes = this.#codec.encodeDatagram(only.envelope);
    for (let i = 0; i < only.to.length; i++) send(only.to[i]!, bytes);
  }

  #sort(effects: readonly Effect[]): void {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!;
      if (effect.kind !== 'send') continue;
      for (let j = 0; j < effect.to.length; j++) {
        const to = effect.to[j]!;
        const place = this.#sends.length;
        const before = this.#last.get(to);
        this.#sends.push(effect);
        this.#to.push(to);
        this.#next.push(END);
        this.#isFirst.push(before === undefined);
        if (before !== undefined) this.#next[before] = place;
        this.#last.set(to, place);
      }
    }
  }

  #sendSorted(send: (to: Address, bytes: Uint8Array) => void): void {
    let encoded: Send | null = null;
    let bytes: Uint8Array | null = null;
    for (let i = 0; i < this.#sends.length; i++) {
      if (!this.#isFirst[i]) continue;
      if (this.#next[i] !== END) {
        this.#sendShared(i, send);
        bytes = null;
        continue;
      }
      const effect = this.#sends[i]!;
      if (effect !== encoded || bytes === null) bytes = this.#codec.encodeDatagram(effect.envelope);
      encoded = effect;
      send(this.#to[i]!, bytes);
    }
    this.#sends.length = 0;
    this.#to.length = 0;
    this.#next.length = 0;
    this.#isFirst.length = 0;
    this.#last.clear();
  }

  #sendShared(first: number, send: (to: Address, bytes: Uint8Array) => void): void {
    const shared = this.#shared;
    for (let i = first; i !== END; i = this.#next[i]!) shared.push(this.#sends[i]!.envelope);
    for (let from = 0; from < shared.length; from += this.#codec.takenCount) {
      send(this.#to[first]!, this.#codec.encodeBundle(shared, from));
    }
    shared.length = 0;
  }
}
