// The 16 bytes before every body, and where a seal goes between them and it.
// They are what can be judged before anything is believed: is it ours, can this version read it, whose cluster, whose run (R1).
// A seal covers header and full cluster id as associated data; what the body says is body.ts's business.
//
//   0 'Q' | 1 major version | 2 kind of seal | 3 key id | 4 cluster hash, u32 | 8 sender tag: lo, hi, u32 each | 16 body
//
// All big-endian. A seal of kind 1 will put its 12-byte nonce before the ciphertext and its 16-byte tag behind it.

import type { Tag } from '../core/index.ts';

export const HEADER_BYTES = 16;
export const MAJOR_VERSION = 1;
/** What a seal will take at most: nonce and tag. */
export const SEAL_BYTES_MAX = 28;

/** A closed set: these are keys of a counter map, and the bytes come from anyone. */
export const UNREADABLE_REASONS = [
  'too-short',
  'too-long',
  'not-quorate',
  'unsupported-version',
  'sealed',
  'malformed',
  'unknown-kind',
  'out-of-bounds',
] as const;
export type UnreadableReason = (typeof UNREADABLE_REASONS)[number];

/** What stands between framing and body: nothing for now, AES-GCM once there are keys. */
export interface Seal {
  readonly kind: number;
  /** Of the key that seals; what comes in names its own in the header. */
  readonly keyId: number;
  /** Room it needs between header and body. */
  readonly spaceBytes: number;
  /** `packet` is header, room, body, all writable; returns what is to travel, in place or not. */
  close(packet: Uint8Array): Uint8Array;
  /** The body of a packet of this kind; null when no key of ours vouches for it. */
  open(packet: Uint8Array): Uint8Array | null;
}

export const CLEAR: Seal = {
  kind: 0,
  keyId: 0,
  spaceBytes: 0,
  close: (packet) => packet,
  open: (packet) => packet.subarray(HEADER_BYTES),
};

export function writeHeader(packet: Uint8Array, seal: Seal, clusterHash: number, sender: Tag): void {
  packet[0] = 0x51;
  packet[1] = MAJOR_VERSION;
  packet[2] = seal.kind;
  packet[3] = seal.keyId;
  writeUint32(packet, 4, clusterHash);
  writeUint32(packet, 8, sender.lo);
  writeUint32(packet, 12, sender.hi);
}

/** Null when the packet may be opened. */
export function headerProblem(packet: Uint8Array, seal: Seal): UnreadableReason | null {
  if (packet.length <= HEADER_BYTES) return 'too-short';
  if (packet[0] !== 0x51) return 'not-quorate';
  if (packet[1] !== MAJOR_VERSION) return 'unsupported-version';
  if (packet[2] !== seal.kind) return 'sealed';
  return null;
}

export function readClusterHash(packet: Uint8Array): number {
  return readUint32(packet, 4);
}

export function readSender(packet: Uint8Array): Tag {
  return { lo: readUint32(packet, 8), hi: readUint32(packet, 12) };
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Only where `at + 4` is known to be inside. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
