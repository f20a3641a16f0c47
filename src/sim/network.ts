// What the network does to each datagram and connection, by directed pair: loses, delays, doubles, cuts.
// A fault covers every pair (from, to) of two sets of hosts; a two-way partition is two of them. Overlapping faults add up, and
// each is taken away by itself, so healing one never heals another. transport/memory.ts moves the bytes; when is decided here.

import type { Address, Random } from '../core/index.ts';

/** Latency of the healthy network. A range makes packets overtake each other. */
export interface Latency {
  readonly fromMs: number;
  readonly toMs: number;
}

export const LAN_LATENCY: Latency = { fromMs: 0.1, toMs: 1.2 };

/** What a fault lets alone: a firewall may stop one kind of packet and pass the other. */
export type Spared = 'nothing' | 'datagrams' | 'streams';

export interface LinkFault {
  readonly spares: Spared;
  /** 1 at each host index it starts from and ends at. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Of one packet being lost; 1 is a cut. */
  readonly loss: number;
  /** Given, losses come in bursts: each host that sends has an uplink which loses all for so many packets on average, so often that `loss` is its mean. */
  readonly burstPackets?: number;
  /** Each packet is late by up to this. */
  readonly delayMsMax: number;
  /** Of one packet arriving twice. */
  readonly duplication: number;
}

/** The two states of Gilbert's and Elliott's channel, one for each sending host of a fault. */
type Uplinks = Uint8Array;

/** A datagram that somebody on the wire kept. */
export interface Captured {
  readonly from: Address;
  readonly to: Address;
  readonly bytes: Uint8Array;
}

/** A retransmission of TCP after a loss; after this many in a row the connection is given up. */
const RETRANSMIT_MS = 200;
const RETRANSMITS_MAX = 6;

export class LinkPolicy {
  readonly #random: Random;
  readonly #latency: Latency;
  readonly #hostOf = new Map<Address, number>();
  #faults: readonly LinkFault[] = [];
  readonly #uplinks = new Map<LinkFault, Uplinks>();
  readonly #captured: Captured[] = [];
  #captureMax = 0;
  /** Told of every datagram that leaves a host. */
  onSent: ((from: Address) => void) | null = null;
  #captureEvery = 1;
  #seenCount = 0;
  /** Until then captured packets may come again, lost ones for the first time. */
  replayedUntilMs = 0;
  /** How often a fault began or was healed. */
  changeCount = 0;
  // Handed out again and again: the network reads the delays before it asks for the next packet's.
  readonly #lost: readonly number[] = [];
  readonly #once: number[] = [0];
  readonly #twice: number[] = [0, 0];

  constructor(random: Random, latency: Latency) {
    this.#random = random;
    this.#latency = latency;
  }

  /** Whose address it is now. An address that no host has leads nowhere. */
  place(address: Address, host: number): void {
    this.#hostOf.set(address, host);
  }

  remove(address: Address): void {
    this.#hostOf.delete(address);
  }

  add(fault: LinkFault): void {
    this.changeCount += 1;
    this.#faults = [...this.#faults, fault];
  }

  heal(fault: LinkFault): void {
    this.changeCount += 1;
    this.#faults = this.#faults.filter((other) => other !== fault);
    this.#uplinks.delete(fault);
  }

  get isWhole(): boolean {
    return this.#faults.length === 0;
  }

  isCut(from: number, to: number): boolean {
    return this.#faults.some((fault) => fault.loss >= 1 && fault.spares === 'nothing' && fault.from[from] === 1 && fault.to[to] === 1);
  }

  /** Keeps every so many of what passes from now on, the newest `countMax` of them, for replays. */
  capture(countMax: number, every: number): void {
    this.#captureMax = countMax;
    this.#captureEvery = every;
  }

  get captured(): readonly Captured[] {
    return this.#captured;
  }

  /** The delay of each copy that arrives; none when it is lost. */
  datagram(from: Address, to: Address, bytes?: Uint8Array): readonly number[] {
    const random = this.#random;
    this.onSent?.(from);
    if (this.#captureMax > 0 && bytes !== undefined && ++this.#seenCount % this.#captureEvery === 0)
      // Not slice(): of a Buffer that is no copy, and what was captured would become whatever is encoded next.
      this.#captured[(this.#seenCount / this.#captureEvery - 1) % this.#captureMax] = { from, to, bytes: new Uint8Array(bytes) };
    let delayMs = random.between(this.#latency.fromMs, this.#latency.toMs);
    let isDoubled = false;
    if (this.#faults.length > 0) {
      const fromHost = this.#hostOf.get(from);
      const toHost = this.#hostOf.get(to);
      if (fromHost === undefined || toHost === undefined) return this.#lost;
      for (let i = 0; i < this.#faults.length; i++) {
        const fault = this.#faults[i]!;
        if (fault.from[fromHost] !== 1 || fault.to[toHost] !== 1 || fault.spares === 'datagrams') continue;
        if (fault.loss > 0 && this.#isLost(fault, fromHost)) return this.#lost;
        if (fault.delayMsMax > 0) delayMs += random.unit() * fault.delayMsMax;
        if (fault.duplication > 0 && random.chance(fault.duplication)) isDoubled = true;
      }
    }
    if (isDoubled) {
      this.#twice[0] = delayMs;
      this.#twice[1] = delayMs + random.unit() * (delayMs + 10);
      return this.#twice;
    }
    this.#once[0] = delayMs;
    return this.#once;
  }

  /** One way of a connection's exchange, or null when none can be made: a cut in either direction is enough. */
  exchange(from: Address, to: Address): number | null {
    const fromHost = this.#hostOf.get(from);
    const toHost = this.#hostOf.get(to);
    if (fromHost === undefined || toHost === undefined) return null;
    let delayMs = this.#random.between(this.#latency.fromMs, this.#latency.toMs);
    for (let i = 0; i < this.#faults.length; i++) {
      const fault = this.#faults[i]!;
      const isOnWay = fault.from[fromHost] === 1 && fault.to[toHost] === 1;
      const isOnWayBack = fault.from[toHost] === 1 && fault.to[fromHost] === 1;
      if ((!isOnWay && !isOnWayBack) || fault.spares === 'streams') continue;
      delayMs += this.#random.unit() * fault.delayMsMax;
      let tries = 0;
      while (fault.loss > 0 && this.#isLost(fault, isOnWay ? fromHost : toHost)) {
        if (++tries > RETRANSMITS_MAX) return null;
        delayMs += RETRANSMIT_MS * tries;
      }
    }
    return delayMs;
  }

  /** One packet of that host on its way under the fault. */
  #isLost(fault: LinkFault, from: number): boolean {
    const { loss, burstPackets } = fault;
    if (burstPackets === undefined || loss >= 1) return this.#random.chance(loss);
    let uplinks = this.#uplinks.get(fault);
    if (uplinks === undefined) {
      uplinks = new Uint8Array(fault.from.length);
      this.#uplinks.set(fault, uplinks);
    }
    // A burst ends after each packet with 1/b; it begins so often that the share of lost packets comes to `loss`.
    const turns = uplinks[from] === 1 ? 1 / burstPackets : Math.min(1, loss / (burstPackets * (1 - loss)));
    if (this.#random.chance(turns)) uplinks[from]! ^= 1;
    return uplinks[from] === 1;
  }
}

/** A set of hosts as the faults want it. */
export function hostMask(hosts: readonly number[], hostCount: number): Uint8Array {
  const mask = new Uint8Array(hostCount);
  for (const host of hosts) mask[host] = 1;
  return mask;
}
