// Bytes and packets that each host sends, as a kernel would count them: every datagram that was encoded with 28 bytes of IP and UDP
// before it, and exchanges as the connections that they are. Of these only the contents are counted; the rest is an estimate:
// 3 packets a side to open and close, segments of 1,448 bytes, an acknowledgement for every second segment, 52 bytes of IP and TCP a packet.

import type { Transport } from '../../agent/ports.ts';

export const UDP_HEADER_BYTES = 28;
export const TCP_HEADER_BYTES = 52;
export const TCP_PACKETS_A_SIDE = 3;
const SEGMENT_BYTES = 1448;

/** A second, of one host. */
export interface Traffic {
  readonly bytes: number;
  readonly packets: number;
}

export class Meter {
  #bytes = new Float64Array(64);
  #packets = new Float64Array(64);

  /** From here on. */
  reset(): void {
    this.#bytes.fill(0);
    this.#packets.fill(0);
  }

  of(host: number): Traffic {
    return { bytes: this.#bytes[host] ?? 0, packets: this.#packets[host] ?? 0 };
  }

  /** The same transport, counted. */
  metered(host: number, inner: Transport): Transport {
    this.#reach(host);
    return {
      send: (to, bytes) => {
        this.#count(host, 1, UDP_HEADER_BYTES, bytes.length);
        inner.send(to, bytes);
      },
      exchange: (to, bytes, timeoutMs, done) => {
        this.#segments(host, TCP_PACKETS_A_SIDE, bytes.length);
        inner.exchange(to, bytes, timeoutMs, (answer) => {
          if (answer.kind === 'answer') this.#acknowledge(host, answer.bytes.length);
          done(answer);
        });
      },
      listen: (receiver) =>
        inner.listen({
          datagram: receiver.datagram,
          asked: (from, question, answer) => {
            this.#count(host, TCP_PACKETS_A_SIDE, TCP_HEADER_BYTES, 0);
            this.#acknowledge(host, question.length);
            receiver.asked(from, question, (bytes) => {
              this.#segments(host, 0, bytes.length);
              answer(bytes);
            });
          },
        }),
      close: () => inner.close(),
    };
  }

  #segments(host: number, besides: number, byteLength: number): void {
    this.#count(host, besides + Math.ceil(byteLength / SEGMENT_BYTES), TCP_HEADER_BYTES, byteLength);
  }

  #acknowledge(host: number, byteLength: number): void {
    this.#count(host, Math.ceil(Math.ceil(byteLength / SEGMENT_BYTES) / 2), TCP_HEADER_BYTES, 0);
  }

  #count(host: number, packets: number, headerBytes: number, contentBytes: number): void {
    this.#packets[host]! += packets;
    this.#bytes[host]! += packets * headerBytes + contentBytes;
  }

  #reach(host: number): void {
    if (host < this.#bytes.length) return;
    const bytes = new Float64Array(2 * host);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    const packets = new Float64Array(2 * host);
    packets.set(this.#packets);
    this.#packets = packets;
  }
}
