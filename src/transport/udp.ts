// One UDP socket for all datagrams. Sends never throw and never wait: what fails is counted by its code.
// The address is bound without reuseAddr, so that two agents cannot share a port unnoticed. A socket that dies is bound anew.

import { createSocket, type Socket, type SocketType } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { type Address, formatAddress, hostOf, portOf } from '../core/index.ts';
import { fromSocket, toIPv6Socket } from './address.ts';
import type { Counters } from './counters.ts';
import { type OnProblem, Reopener } from './reopen.ts';
import { codeOf, TransportError } from './transport-error.ts';

/** Datagrams that wait in the process because the kernel's buffer is full; more are dropped, as the kernel would. */
const QUEUED_MAX = 256;
const SCRATCH_BYTES = 2048;

// Every address is numeric. Answering at once saves a tick of the event loop per datagram, and the send itself then happens before the
// call returns unless the kernel's buffer is full.
const answerAtOnce = (host: string, _options: unknown, done: (error: null, host: string, family: number) => void): void =>
  done(null, host, 0);

export type MakeSocket = (type: SocketType) => Socket;

const makeSystemSocket: MakeSocket = (type) => createSocket({ type, reuseAddr: false, ipv6Only: false, lookup: answerAtOnce });

export class UdpSocket {
  readonly #host: string;
  #port: number;
  readonly #counters: Counters;
  readonly #makeSocket: MakeSocket;
  readonly #isIPv6: boolean;
  readonly #reopener: Reopener;
  #onDatagram: (from: Address, bytes: Uint8Array) => void = () => {};
  #socket: Socket | null = null;
  #isClosed = false;
  #scratch = new Uint8Array(SCRATCH_BYTES);

  /** Bound by `bind`; port 0 lets the system choose. */
  constructor(host: string, port: number, counters: Counters, onProblem: OnProblem, makeSocket: MakeSocket = makeSystemSocket) {
    this.#host = host;
    this.#port = port;
    this.#counters = counters;
    this.#makeSocket = makeSocket;
    this.#isIPv6 = !isIPv4(host);
    this.#reopener = new Reopener('udp', () => this.bind(), onProblem);
  }

  get port(): number {
    return this.#port;
  }

  bind(): Promise<void> {
    const socket = this.#makeSocket(this.#isIPv6 ? 'udp6' : 'udp4');
    return new Promise((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close();
        reject(new TransportError(codeOf(error), 'udp', formatAddress(this.#host, this.#port), { cause: error }));
      });
      socket.bind({ address: this.#host, port: this.#port, exclusive: true }, () => {
        if (this.#isClosed) {
          socket.close();
          resolve();
          return;
        }
        this.#port = socket.address().port;
        this.#socket = socket;
        socket.removeAllListeners('error');
        socket.on('error', (error) => this.#lost(socket, codeOf(error)));
        socket.on('message', (bytes, { address, port }) => this.#onDatagram(fromSocket(address, port), bytes));
        resolve();
      });
    });
  }

  listen(onDatagram: (from: Address, bytes: Uint8Array) => void): void {
    this.#onDatagram = onDatagram;
  }

  send(to: Address, bytes: Uint8Array): void {
    const socket = this.#socket;
    if (socket === null) {
      this.#counters.count('udp-send-closed');
      return;
    }
    const host = hostOf(to);
    const port = portOf(to);
    if (!(port >= 1 && port <= 65_535) || (!this.#isIPv6 && host.includes(':'))) {
      this.#counters.count('udp-send-unsuitable-address');
      return;
    }
    if (socket.getSendQueueCount() >= QUEUED_MAX) {
      this.#counters.count('udp-send-queue-full');
      return;
    }
    if (bytes.length > this.#scratch.length) this.#scratch = new Uint8Array(bytes.length);
    this.#scratch.set(bytes);
    socket.send(this.#scratch, 0, bytes.length, port, this.#isIPv6 ? toIPv6Socket(host) : host, this.#onSent);
    // Only what the kernel did not take at once is still read later: that buffer is the queue's now.
    if (socket.getSendQueueCount() > 0) this.#scratch = new Uint8Array(SCRATCH_BYTES);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#reopener.stop();
    const socket = this.#socket;
    this.#socket = null;
    return socket === null ? Promise.resolve() : new Promise((resolve) => socket.close(() => resolve()));
  }

  readonly #onSent = (error: Error | null): void => {
    if (error !== null) this.#counters.count(`udp-send-${codeOf(error)}`);
  };

  #lost(socket: Socket, code: string): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    socket.close();
    this.#counters.count(`udp-lost-${code}`);
    this.#reopener.lost(code);
  }
}
