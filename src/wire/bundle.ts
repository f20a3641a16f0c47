// Several messages of one sender in one datagram: [BUNDLE_KIND, counter, recordVersion, item, …], an item being the message's row
// without counter and record version, which all share. Who does not know the kind refuses the datagram as `unknown-kind`, and who
// does not know the kind of an item passes over that item alone, as if it had come by itself.
// What goes into one bundle is decided in datagrams.ts; here it only has to fit.

import { type Envelope, LIMITS } from '../core/index.ts';
import type { BeatsCodec } from './beats.ts';
import { type Body, FIXED_VALUES, rowToMessage } from './body.ts';
import type { Check } from './check.ts';
import { HEADER_BYTES, SEAL_BYTES_MAX } from './framing.ts';
import { BUNDLE_KIND } from './kinds.ts';

/**
 * Few enough for the scan (scan.ts) to pass any of them: the emptiest messages are arrays and binaries of a few bytes each. It also
 * keeps the row's length within the single byte that is written for it.
 */
export const BUNDLE_ITEMS_MAX = 6;

const PACKET_BYTES_MAX = LIMITS.datagramBytesMax - SEAL_BYTES_MAX;
const ARRAY_OF_0 = 0x90;

/** One packet under construction. All writers of a process may share it: it is begun, filled and taken within one call. */
export class BundleWriter {
  readonly #packet = new Uint8Array(LIMITS.datagramBytesMax);
  #length = 0;
  #count = 0;
  #spaceBytes = 0;

  get count(): number {
    return this.#count;
  }

  /** `spaceBytes`: the seal's room behind the header; `head`: the row of a bundle without items, packed. */
  begin(spaceBytes: number, head: Uint8Array): void {
    this.#spaceBytes = spaceBytes;
    this.#count = 0;
    this.#length = HEADER_BYTES + spaceBytes;
    this.#append(head);
  }

  /** False when there is no room for it. */
  add(item: Uint8Array): boolean {
    if (this.#count === BUNDLE_ITEMS_MAX || this.#length + item.length > PACKET_BYTES_MAX) return false;
    this.#append(item);
    this.#count += 1;
    return true;
  }

  /** A view on the packet, its header still to be written. */
  take(): Uint8Array {
    this.#packet[HEADER_BYTES + this.#spaceBytes] = ARRAY_OF_0 | (FIXED_VALUES + this.#count);
    return this.#packet.subarray(0, this.#length);
  }

  #append(bytes: Uint8Array): void {
    this.#packet.set(bytes, this.#length);
    this.#length += bytes.length;
  }
}

export interface BundleBody {
  readonly bodies: readonly Body[];
  /** Items of kinds that are not known here. */
  readonly skippedCount: number;
}

export function isBundle(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value[0] === BUNDLE_KIND;
}

/** Only to be believed when `check.reason` is null afterwards: one item that is wrong makes all of them a stranger's bytes. */
export function rowToBundle(row: readonly unknown[], beatsCodec: BeatsCodec, check: Check): BundleBody {
  const counter = check.safe(row[1]);
  const recordVersion = check.safe(row[2]);
  const itemCount = row.length - FIXED_VALUES;
  if (itemCount < 1) check.fail('malformed');
  if (itemCount > BUNDLE_ITEMS_MAX) check.fail('out-of-bounds');
  const bodies: Body[] = [];
  let hasPush = false;
  for (let i = FIXED_VALUES; i < row.length && check.reason === null; i++) {
    const item = check.row(row[i], 1);
    const kind = check.uint32(item[0]);
    if (check.reason !== null) break;
    const message = rowToMessage(kind, counter, [kind, counter, recordVersion, ...item.slice(1)], beatsCodec, check);
    if (message === null) {
      if (check.reason === 'unknown-kind') check.reset();
      continue;
    }
    // The beats of a second would take the place of the first's (codec.ts).
    if (message.kind === 'push' && hasPush) check.fail('out-of-bounds');
    hasPush ||= message.kind === 'push';
    bodies.push({ counter, recordVersion, message });
  }
  if (check.reason === null && bodies.length === 0) check.fail('unknown-kind');
  return { bodies, skippedCount: itemCount - bodies.length };
}

/** Whether they can share a header. */
export function haveLikeHeaders(one: Envelope, other: Envelope): boolean {
  return (
    one.counter === other.counter &&
    one.recordVersion === other.recordVersion &&
    one.clusterHash === other.clusterHash &&
    one.sender.lo === other.sender.lo &&
    one.sender.hi === other.sender.hi
  );
}
