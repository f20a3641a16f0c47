// Who is meant: the names of nodes, runs and clusters, branded so that one cannot be passed for another.
// How they look on the wire is wire/'s business, how they are drawn (by chance) the agent's.

import { hash64, type Tag } from './hash.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** 128 random bits as 32 lower-case hex digits, drawn once for a state directory. */
export type NodeId = Brand<string, 'NodeId'>;
/** 128 bits as 32 hex digits. Every packet is bound to it (R1). */
export type ClusterId = Brand<string, 'ClusterId'>;
/** 128 random bits as 32 hex digits, drawn at every start of the process. */
export type RunNonce = Brand<string, 'RunNonce'>;
/** Counts the lives of one id; the first is the wall clock's milliseconds, each later one the persisted one + 1. */
export type Incarnation = Brand<number, 'Incarnation'>;
/** `1.2.3.4:7946` or `[::1]:7946`, in canonical text: equal addresses are equal strings. */
export type Address = Brand<string, 'Address'>;

// The makers below are casts with a check: the only places where a bare value becomes a branded one.

const hex32 = /^[0-9a-f]{32}$/;

export function isHex32(text: string): boolean {
  return hex32.test(text);
}

export function nodeId(text: string): NodeId {
  if (!hex32.test(text)) throw new RangeError(`not a node id: ${text}`);
  return text as NodeId;
}

export function clusterId(text: string): ClusterId {
  if (!hex32.test(text)) throw new RangeError(`not a cluster id: ${text}`);
  return text as ClusterId;
}

export function runNonce(text: string): RunNonce {
  if (!hex32.test(text)) throw new RangeError(`not a run nonce: ${text}`);
  return text as RunNonce;
}

/** The largest incarnation anyone may claim: far above any clock, far below where + 1 loses precision. */
export const INCARNATION_MAX = 2 ** 52;

export function incarnation(value: number): Incarnation {
  if (!Number.isSafeInteger(value) || value < 0 || value > INCARNATION_MAX) throw new RangeError(`not an incarnation: ${value}`);
  return value as Incarnation;
}

/** Only for text that is canonical already: see `formatAddress`. */
export function address(text: string): Address {
  return text as Address;
}

export function formatAddress(host: string, port: number): Address {
  return (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`) as Address;
}

export function hostOf(of: Address): string {
  const colon = of.lastIndexOf(':');
  return of.startsWith('[') ? of.slice(1, colon - 1) : of.slice(0, colon);
}

export function portOf(of: Address): number {
  return Number(of.slice(of.lastIndexOf(':') + 1));
}

/** The eight bytes that stand for one run of one member in every header (R1). */
export function tagOf(cluster: ClusterId, id: NodeId, incarnationOf: Incarnation, nonce: RunNonce): Tag {
  return hash64(`${cluster} ${id} ${incarnationOf} ${nonce}`);
}

/** Four bytes in every header that let a foreign cluster's packet be dropped before anything of it is read. 0 is kept for "none yet". */
export function clusterHashOf(cluster: ClusterId): number {
  const hash = hash64(cluster);
  return hash.lo === 0 ? 1 : hash.lo;
}
