// Whoever sends crafted packets into a small town: a socket with a codec, and what it heard in return.

import { type Address, type ClusterId, clusterHashOf, type Envelope, type Tag } from '../../src/core/index.ts';
import type { MemoryTransport } from '../../src/transport/memory.ts';
import { Codec } from '../../src/wire/index.ts';

/** Of the town, and of every packet that a stranger makes up. */
export const CLUSTER = 'c'.repeat(32) as ClusterId;

export class Stranger {
  readonly #transport: MemoryTransport;
  readonly #codec = new Codec();
  readonly heard: Envelope[] = [];
  heardBytes = 0;

  constructor(transport: MemoryTransport, answer: ((asked: Envelope) => Envelope | null) | null) {
    this.#transport = transport;
    transport.listen({
      datagram: (_from, bytes) => {
        this.heardBytes += bytes.length;
        const decoded = this.#codec.decodeDatagram(bytes.slice());
        if (decoded.kind === 'message') this.heard.push(decoded.envelope);
        if (decoded.kind === 'bundle') this.heard.push(...decoded.envelopes);
      },
      asked: (_from, bytes, reply) => {
        const decoded = this.#codec.decode(bytes);
        if (decoded.kind !== 'message' || answer === null) return;
        const envelope = answer(decoded.envelope);
        if (envelope !== null) reply(this.#codec.encodeFrame(envelope));
      },
    });
  }

  say(to: Address, sender: Tag, counter: number, message: Envelope['message']): void {
    this.#transport.send(to, this.#codec.encodeDatagram(envelopeOf(sender, counter, message)));
  }

  ask(to: Address, sender: Tag, message: Envelope['message']): void {
    this.#transport.exchange(to, this.#codec.encodeFrame(envelopeOf(sender, 1, message)), 3000, (answer) => {
      if (answer.kind !== 'answer') return;
      const decoded = this.#codec.decode(answer.bytes);
      if (decoded.kind === 'message') this.heard.push(decoded.envelope);
    });
  }
}

export function envelopeOf(sender: Tag, counter: number, message: Envelope['message']): Envelope {
  return { clusterHash: clusterHashOf(CLUSTER), sender, counter, recordVersion: 0, message };
}
