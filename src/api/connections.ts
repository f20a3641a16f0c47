// Who is connected, and who goes first when there is no room: the longest idle (which a half-sent request is, too), then the one that
// has kept an answer waiting longest. A connection that the agent itself keeps busy (a wish, a stream) is never cut.

import type { IncomingMessage } from 'node:http';
import type { ApiLimits } from './limits.ts';

type Socket = IncomingMessage['socket'];

interface Connection {
  /** Requests whose answer has not been taken. */
  unanswered: number;
  isHeld: boolean;
  owedBytes: number;
}

export class Connections {
  readonly #limits: ApiLimits;
  readonly #all = new Map<Socket, Connection>();
  // Both in order of becoming so.
  readonly #idle = new Set<Socket>();
  readonly #answering = new Set<Socket>();
  #owedBytes = 0;
  #evicted = 0;

  constructor(limits: ApiLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#all.size;
  }

  get evicted(): number {
    return this.#evicted;
  }

  add(socket: Socket): void {
    if (this.#all.size >= this.#limits.connections && !this.#evictOne()) {
      this.#evicted += 1;
      socket.destroy();
      return;
    }
    this.#all.set(socket, { unanswered: 0, isHeld: false, owedBytes: 0 });
    this.#idle.add(socket);
    socket.once('close', () => this.#remove(socket));
  }

  /** A request is whole and will be answered. Returns how many of this connection wait for that, this one included. */
  begin(socket: Socket): number {
    const connection = this.#all.get(socket);
    if (connection === undefined) return 1;
    connection.unanswered += 1;
    this.#idle.delete(socket);
    this.#answering.add(socket);
    return connection.unanswered;
  }

  /** The answer was taken (or the connection is gone). */
  end(socket: Socket): void {
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    connection.unanswered -= 1;
    if (connection.unanswered > 0) return;
    this.#owedBytes -= connection.owedBytes;
    connection.owedBytes = 0;
    connection.isHeld = false;
    this.#answering.delete(socket);
    this.#idle.add(socket);
  }

  /** From here on the answer is awaited from the agent, not from the reader. */
  hold(socket: Socket): void {
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    connection.isHeld = true;
    this.#answering.delete(socket);
    socket.setTimeout(0);
  }

  release(socket: Socket): void {
    const connection = this.#all.get(socket);
    if (connection === undefined || !connection.isHeld) return;
    connection.isHeld = false;
    this.#answering.add(socket);
    socket.setTimeout(this.#limits.stallMs);
  }

  /** Large answers are counted until they are taken; those who take none pay with their connection, the slowest first. */
  owe(socket: Socket, bytes: number): void {
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    connection.owedBytes += bytes;
    this.#owedBytes += bytes;
    if (this.#owedBytes <= this.#limits.owedBytes) return;
    for (const other of this.#answering) {
      if (other !== socket && (this.#all.get(other)?.owedBytes ?? 0) > 0) this.#evict(other);
      if (this.#owedBytes <= this.#limits.owedBytes) return;
    }
  }

  isAnswering(socket: Socket): boolean {
    return (this.#all.get(socket)?.unanswered ?? 0) > 0;
  }

  closeIdle(): void {
    for (const socket of [...this.#idle]) socket.destroy();
  }

  closeAll(): void {
    for (const socket of [...this.#all.keys()]) socket.destroy();
  }

  #evictOne(): boolean {
    const [oldest] = this.#idle.size > 0 ? this.#idle : this.#answering;
    if (oldest === undefined) return false;
    this.#evict(oldest);
    return true;
  }

  // At once, not when its `close` comes: the next to arrive must find the room.
  #evict(socket: Socket): void {
    this.#evicted += 1;
    this.#remove(socket);
    socket.destroy();
  }

  #remove(socket: Socket): void {
    this.#owedBytes -= this.#all.get(socket)?.owedBytes ?? 0;
    this.#all.delete(socket);
    this.#idle.delete(socket);
    this.#answering.delete(socket);
  }
}
