// A network inside one process, for the simulator: datagrams and exchanges between transports that share it.
// It has no timers and no chance of its own: what is lost, doubled or late is the policy's decision, when things happen the scheduler's.
// An address belongs to at most one open transport; what is under way to one that has closed is lost, or reaches its successor.

import { type Address, assert } from '../core/index.ts';
import type { ExchangeAnswer, Receiver, Transport } from './types.ts';

export interface Scheduler {
  schedule(delayMs: number, fn: () => void): void;
}

export interface MemoryPolicy {
  /** When copies of a datagram arrive: none is a loss, several are duplicates. The bytes are only to be looked at. */
  datagram(from: Address, to: Address, bytes: Uint8Array): readonly number[];
  /** How long one way of an exchange takes; null when nothing gets through. Asked once for the question, once for the answer. */
  exchange(from: Address, to: Address): number | null;
}

/** Enough for any datagram; longer ones get a copy of their own. */
const PARCEL_BYTES = 2048;
/** What a quiet network keeps of its busiest moment. */
const PARCELS_KEPT_MAX = 4096;

/** A copy of one datagram, shared by its duplicates and used again after the last. */
interface Parcel {
  readonly room: Uint8Array;
  bytes: Uint8Array;
  arrivalsLeft: number;
}

export class MemoryNetwork {
  readonly #scheduler: Scheduler;
  readonly #policy: MemoryPolicy;
  readonly #open = new Map<Address, MemoryTransport>();
  readonly #parcels: Parcel[] = [];

  constructor(scheduler: Scheduler, policy: MemoryPolicy) {
    this.#scheduler = scheduler;
    this.#policy = policy;
  }

  open(address: Address): MemoryTransport {
    assert(!this.#open.has(address), `${address} is open already`);
    const transport = new MemoryTransport(this, address);
    this.#open.set(address, transport);
    return transport;
  }

  /** For MemoryTransport. */
  closed(transport: MemoryTransport): void {
    if (this.#open.get(transport.address) === transport) this.#open.delete(transport.address);
  }

  /** For MemoryTransport. */
  send(from: Address, to: Address, bytes: Uint8Array): void {
    const delaysMs = this.#policy.datagram(from, to, bytes);
    if (delaysMs.length === 0) return;
    const parcel = this.#pack(bytes, delaysMs.length);
    const arrive = (): void => {
      this.#open.get(to)?.receiver?.datagram(from, parcel.bytes);
      parcel.arrivalsLeft -= 1;
      if (parcel.arrivalsLeft === 0 && parcel.room.length > 0 && this.#parcels.length < PARCELS_KEPT_MAX) this.#parcels.push(parcel);
    };
    for (let i = 0; i < delaysMs.length; i++) this.#scheduler.schedule(delaysMs[i]!, arrive);
  }

  /** For MemoryTransport. */
  exchange(from: Address, to: Address, bytes: Uint8Array, timeoutMs: number, done: (answer: ExchangeAnswer) => void): void {
    let isDone = false;
    const finish = (answer: ExchangeAnswer): void => {
      if (isDone) return;
      isDone = true;
      done(answer);
    };
    // Also the end of every question and answer that gets lost.
    this.#scheduler.schedule(timeoutMs, () => finish({ kind: 'failed', reason: 'timeout' }));
    const thereMs = this.#policy.exchange(from, to);
    if (thereMs === null) return;
    const question = new Uint8Array(bytes);

    const goBack = (answer: ExchangeAnswer): void => {
      const backMs = this.#policy.exchange(to, from);
      if (backMs !== null) this.#scheduler.schedule(backMs, () => finish(answer));
    };
    this.#scheduler.schedule(thereMs, () => {
      const asked = this.#open.get(to);
      if (asked === undefined || asked.receiver === null) {
        goBack({ kind: 'failed', reason: 'ECONNREFUSED' });
        return;
      }
      let isAnswered = false;
      asked.receiver.asked(from, question, (answer) => {
        if (isAnswered || asked.isClosed) return;
        isAnswered = true;
        goBack({ kind: 'answer', bytes: new Uint8Array(answer) });
      });
    });
  }

  /** For MemoryTransport: an exchange that a closed one was asked for. */
  refuse(done: (answer: ExchangeAnswer) => void): void {
    this.#scheduler.schedule(0, () => done({ kind: 'failed', reason: 'closed' }));
  }

  #pack(bytes: Uint8Array, arrivals: number): Parcel {
    if (bytes.length > PARCEL_BYTES) return { room: new Uint8Array(0), bytes: new Uint8Array(bytes), arrivalsLeft: arrivals };
    const parcel = this.#parcels.pop() ?? { room: new Uint8Array(PARCEL_BYTES), bytes, arrivalsLeft: 0 };
    parcel.room.set(bytes);
    parcel.bytes = parcel.room.subarray(0, bytes.length);
    parcel.arrivalsLeft = arrivals;
    return parcel;
  }
}

export class MemoryTransport implements Transport {
  readonly address: Address;
  readonly #network: MemoryNetwork;
  #receiver: Receiver | null = null;
  #isClosed = false;

  constructor(network: MemoryNetwork, address: Address) {
    this.#network = network;
    this.address = address;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Null until it listens and after it has closed. */
  get receiver(): Receiver | null {
    return this.#receiver;
  }

  send(to: Address, bytes: Uint8Array): void {
    if (!this.#isClosed) this.#network.send(this.address, to, bytes);
  }

  exchange(to: Address, bytes: Uint8Array, timeoutMs: number, done: (answer: ExchangeAnswer) => void): void {
    if (this.#isClosed) this.#network.refuse(done);
    else this.#network.exchange(this.address, to, bytes, timeoutMs, done);
  }

  listen(receiver: Receiver): void {
    assert(this.#receiver === null, 'a transport listens once');
    this.#receiver = receiver;
  }

  close(): void {
    this.#isClosed = true;
    this.#receiver = null;
    this.#network.closed(this);
  }
}
