// How long questions take, per peer and per zone, and how long to wait for an answer before asking again (srtt + 4 rttvar, as in
// RFC 6298). A pong also proves something: it bears a counter that is no older than its question.
// Measured, no coordinates (Vivaldi): whatever is decided by a round trip is about peers that are asked anyway, and coordinates
// would cost bytes in each packet and err where the way through a third is shorter. Of a peer never asked, its zone is known.

import type { MemberTable } from '../membership/index.ts';
import type { MonotonicMs } from '../time.ts';

const PEERS_MAX = 256;
const ZONES_MAX = 64;
/** Shares of a new sample in the mean and in the deviation. */
const MEAN_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;
const DEVIATIONS = 4;
/** A process that collects garbage, or a busy core, takes so long to answer on any network; and a share of a heartbeat. */
const FLOOR_MS = 20;
const FLOOR_SHARE = 1 / 25;
/** In heartbeats, while nothing is known of a peer nor of its zone; and the longest of all time-outs. */
const PRIOR = 1 / 2;
const CEILING = 1;

interface Estimate {
  srttMs: number;
  rttvarMs: number;
}

export class RoundTrips {
  readonly #table: MemberTable;
  #heartbeatMs: number;
  /** By slot, and of which run: a slot may become another's. The longest not measured first, here and below. */
  readonly #peers = new Map<number, Estimate & { readonly tagLo: number }>();
  /** From here to that zone, over all of its peers: how they differ is in the deviation. */
  readonly #zones = new Map<string, Estimate>();

  constructor(table: MemberTable, heartbeatMs: number) {
    this.#table = table;
    this.#heartbeatMs = heartbeatMs;
  }

  retime(heartbeatMs: number): void {
    this.#heartbeatMs = heartbeatMs;
  }

  /** The smoothed round trip to this very peer; null while it was not measured. */
  of(slot: number): number | null {
    return this.#peerOf(slot)?.srttMs ?? null;
  }

  /** How long an answer of this peer may take before it counts as missing. */
  timeoutMs(slot: number): number {
    const estimate = this.#peerOf(slot) ?? (this.#table.has(slot) ? this.#zones.get(this.#zoneOf(slot)) : undefined);
    if (estimate === undefined) return this.#heartbeatMs * PRIOR;
    const floorMs = Math.max(FLOOR_MS, this.#heartbeatMs * FLOOR_SHARE);
    return Math.min(this.#heartbeatMs * CEILING, Math.max(floorMs, estimate.srttMs + DEVIATIONS * estimate.rttvarMs));
  }

  /** One round trip that was answered at once. An answer that waited for a packet to ride on is none. */
  sample(slot: number, ms: number): void {
    if (!(ms >= 0) || !this.#table.has(slot)) return;
    const tagLo = this.#table.tagLoOf(slot);
    keep(this.#peers, slot, { tagLo, ...improved(this.#peerOf(slot), ms) }, PEERS_MAX);
    const zone = this.#zoneOf(slot);
    keep(this.#zones, zone, improved(this.#zones.get(zone), ms), ZONES_MAX);
  }

  /** An echo that came back; what cannot be ours says nothing. */
  hear(slot: number, echo: number, counter: number, longestMs: number, now: MonotonicMs): void {
    const tookMs = (echoOf(now) - echo) / 1000;
    if (echo === 0 || tookMs < 0 || tookMs > longestMs) return;
    this.#table.emittedSince(slot, counter, now - tookMs);
    this.sample(slot, tookMs);
  }

  #peerOf(slot: number): Estimate | undefined {
    const peer = this.#peers.get(slot);
    return peer !== undefined && this.#table.has(slot) && this.#table.tagLoOf(slot) === peer.tagLo ? peer : undefined;
  }

  #zoneOf(slot: number): string {
    return this.#table.factsOf(slot).meta.zone;
  }
}

function improved(known: Estimate | undefined, ms: number): Estimate {
  if (known === undefined) return { srttMs: ms, rttvarMs: ms / 2 };
  const rttvarMs = known.rttvarMs + (Math.abs(known.srttMs - ms) - known.rttvarMs) * DEVIATION_GAIN;
  return { srttMs: known.srttMs + (ms - known.srttMs) * MEAN_GAIN, rttvarMs };
}

function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, sizeMax: number): void {
  map.delete(key);
  if (map.size >= sizeMax) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  map.set(key, value);
}

/** The instant of asking in µs: comes back with the answer, and is never 0. */
export function echoOf(now: MonotonicMs): number {
  return (Math.round(now * 1000) % 0xffffffff) + 1;
}
