// Asks: connects, sends one frame, waits for one back, closes. Whatever goes wrong is the answer `failed` with a word for it,
// and it comes exactly once.

import { connect, type Socket } from 'node:net';
import { type Address, hostOf, portOf } from '../core/index.ts';
import { FrameReader, prefixOf } from './frame-reader.ts';
import { codeOf } from './transport-error.ts';
import type { ExchangeAnswer } from './types.ts';

export class StreamClient {
  readonly #localHost: string | null;
  readonly #frameBytesMax: number;
  readonly #sockets = new Set<Socket>();
  #isClosed = false;

  /** `localHost`: the one address to speak from; null lets the route decide. */
  constructor(localHost: string | null, frameBytesMax: number) {
    this.#localHost = localHost;
    this.#frameBytesMax = frameBytesMax;
  }

  exchange(to: Address, bytes: Uint8Array, timeoutMs: number, done: (answer: ExchangeAnswer) => void): void {
    const port = portOf(to);
    if (this.#isClosed || !(port >= 1 && port <= 65_535)) {
      setImmediate(done, { kind: 'failed', reason: this.#isClosed ? 'closed' : 'unsuitable-address' });
      return;
    }
    const localAddress = this.#localHost === null ? {} : { localAddress: this.#localHost };
    const socket = connect({ host: hostOf(to), port, noDelay: true, ...localAddress });
    this.#sockets.add(socket);
    const reader = new FrameReader(this.#frameBytesMax);
    let answer: ExchangeAnswer = { kind: 'failed', reason: 'closed' };
    const finish = (with_: ExchangeAnswer): void => {
      answer = with_;
      socket.destroy();
    };
    const timer = setTimeout(() => finish({ kind: 'failed', reason: 'timeout' }), timeoutMs);
    socket.on('data', (chunk) => {
      const state = reader.push(chunk);
      if (state === 'whole') finish({ kind: 'answer', bytes: reader.frame });
      else if (state !== 'partial') finish({ kind: 'failed', reason: state });
    });
    socket.on('error', (error) => {
      answer = { kind: 'failed', reason: codeOf(error) };
    });
    // The one way out: every end of a socket comes by here, once, in a later turn of the loop.
    socket.once('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      done(answer);
    });
    socket.write(prefixOf(bytes));
    socket.write(bytes);
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
