// Answers exchanges: one connection, one frame in, one frame out, closed. Everything a stranger can hold here is bounded: connections
// (the one idle the longest goes), bytes in all (the one that holds most goes), silence and the whole exchange in time.

import { createServer, type Server, type Socket } from 'node:net';
import { type Address, formatAddress } from '../core/index.ts';
import { fromSocket } from './address.ts';
import type { Counters } from './counters.ts';
import { FrameReader, prefixOf } from './frame-reader.ts';
import { type OnProblem, Reopener } from './reopen.ts';
import { codeOf, TransportError } from './transport-error.ts';

export interface StreamLimits {
  readonly frameBytesMax: number;
  readonly connectionsMax: number;
  /** Of all frames that are under way to us. */
  readonly heldBytesMax: number;
  readonly idleMs: number;
  readonly totalMs: number;
}

type OnAsked = (from: Address, bytes: Uint8Array, answer: (bytes: Uint8Array) => void) => void;

interface Connection {
  readonly socket: Socket;
  readonly reader: FrameReader;
  isAsked: boolean;
  totalTimer: NodeJS.Timeout | null;
}

export class StreamServer {
  readonly #host: string;
  readonly #port: number;
  readonly #limits: StreamLimits;
  readonly #counters: Counters;
  readonly #reopener: Reopener;
  /** The one idle the longest first. */
  readonly #connections = new Set<Connection>();
  #heldBytes = 0;
  #onAsked: OnAsked | null = null;
  #server: Server | null = null;
  #isClosed = false;

  /** Bound by `bind`. */
  constructor(host: string, port: number, limits: StreamLimits, counters: Counters, onProblem: OnProblem) {
    this.#host = host;
    this.#port = port;
    this.#limits = limits;
    this.#counters = counters;
    this.#reopener = new Reopener('tcp', () => this.bind(), onProblem);
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  bind(): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    return new Promise((resolve, reject) => {
      server.once('error', (error) => {
        reject(new TransportError(codeOf(error), 'tcp', formatAddress(this.#host, this.#port), { cause: error }));
      });
      server.listen({ host: this.#host, port: this.#port, ipv6Only: false, exclusive: true }, () => {
        if (this.#isClosed) {
          server.close();
          resolve();
          return;
        }
        this.#server = server;
        server.removeAllListeners('error');
        server.on('error', (error) => this.#lost(server, codeOf(error)));
        resolve();
      });
    });
  }

  listen(onAsked: OnAsked): void {
    this.#onAsked = onAsked;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#reopener.stop();
    for (const connection of this.#connections) connection.socket.destroy();
    const server = this.#server;
    this.#server = null;
    return server === null ? Promise.resolve() : new Promise((resolve) => server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    const { connectionsMax, frameBytesMax, idleMs, totalMs } = this.#limits;
    const connection: Connection = { socket, reader: new FrameReader(frameBytesMax), isAsked: false, totalTimer: null };
    socket.on('error', (error) => this.#counters.count(`tcp-in-${codeOf(error)}`));
    socket.on('close', () => this.#forget(connection));
    // It may be gone again by the time we hear of it.
    const from = socket.remoteAddress === undefined ? null : fromSocket(socket.remoteAddress, socket.remotePort ?? 0);
    if (from === null || this.#isClosed || this.#onAsked === null) {
      socket.destroy();
      return;
    }
    if (this.#connections.size >= connectionsMax) this.#drop(this.#connections.values().next().value, 'tcp-in-evicted');
    this.#connections.add(connection);
    connection.totalTimer = setTimeout(() => this.#drop(connection, 'tcp-in-timeout'), totalMs);
    socket.setTimeout(idleMs, () => this.#drop(connection, 'tcp-in-idle'));
    socket.on('data', (chunk) => this.#take(connection, from, chunk));
  }

  #take(connection: Connection, from: Address, chunk: Uint8Array): void {
    const { reader } = connection;
    const heldBefore = reader.heldBytes;
    const state = connection.isAsked ? 'excess' : reader.push(chunk);
    this.#heldBytes += reader.heldBytes - heldBefore;
    this.#connections.delete(connection);
    this.#connections.add(connection);
    if (state === 'whole') {
      connection.isAsked = true;
      this.#onAsked?.(from, reader.frame, (bytes) => this.#answer(connection, bytes));
    } else if (state !== 'partial') this.#drop(connection, `tcp-in-${state}`);
    else if (this.#heldBytes > this.#limits.heldBytesMax) this.#drop(this.#largest(), 'tcp-in-over-memory');
  }

  #answer(connection: Connection, bytes: Uint8Array): void {
    const { socket } = connection;
    if (socket.destroyed || socket.writableEnded) return;
    socket.cork();
    socket.write(prefixOf(bytes));
    socket.end(bytes);
    socket.uncork();
  }

  #largest(): Connection | undefined {
    let largest: Connection | undefined;
    for (const connection of this.#connections) {
      if (largest === undefined || connection.reader.heldBytes > largest.reader.heldBytes) largest = connection;
    }
    return largest;
  }

  #drop(connection: Connection | undefined, reason: string): void {
    if (connection === undefined) return;
    this.#counters.count(reason);
    this.#forget(connection);
    connection.socket.destroy();
  }

  // Called by `drop` and again by the close that follows.
  #forget(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    this.#heldBytes -= connection.reader.heldBytes;
    if (connection.totalTimer !== null) clearTimeout(connection.totalTimer);
  }

  #lost(server: Server, code: string): void {
    if (this.#server !== server) return;
    this.#server = null;
    server.close();
    this.#counters.count(`tcp-lost-${code}`);
    this.#reopener.lost(code);
  }
}
