// Ids and numbers packed without gaps: for lists of like rows that travel often (acks) or are long (what is condemned).
// 16 bytes an id, 8 a tag, numbers in groups of seven bits, lowest first. There is no room for a newer version's fields in between:
// whoever reads half of a change of the record holds another record. What the values mean is record.ts's and voting.ts's business.

import type { Tag } from '../core/index.ts';
import type { Check } from './check.ts';
import { readUint32, writeUint32 } from './framing.ts';
import { HEX_BYTES, hexToBytes } from './hex.ts';

/** 56 bits hold every safe integer. */
const GROUPS_MAX = 8;
const NUMBER_BYTES_MAX = GROUPS_MAX;
const TAG_BYTES = 8;

export class PackedWriter {
  #room: Uint8Array = new Uint8Array(512);
  #length = 0;

  whole(value: number): void {
    const room = this.#reserve(NUMBER_BYTES_MAX);
    let rest = value;
    while (rest >= 0x80) {
      room[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    room[this.#length++] = rest;
  }

  hex32(text: string): void {
    this.#reserve(HEX_BYTES).set(hexToBytes(text), this.#length);
    this.#length += HEX_BYTES;
  }

  tag(tag: Tag): void {
    const room = this.#reserve(TAG_BYTES);
    writeUint32(room, this.#length, tag.lo);
    writeUint32(room, this.#length + 4, tag.hi);
    this.#length += TAG_BYTES;
  }

  /** A copy of all that was written, and an empty writer. */
  take(): Uint8Array {
    const bytes = this.#room.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #reserve(byteCount: number): Uint8Array {
    if (this.#length + byteCount > this.#room.length) {
      const larger = new Uint8Array(this.#room.length * 2);
      larger.set(this.#room);
      this.#room = larger;
    }
    return this.#room;
  }
}

/** After the first failure every taker gives a harmless stand-in and `isAtEnd` is true, so that no loop goes on. */
export class PackedReader {
  readonly #bytes: Uint8Array;
  readonly #check: Check;
  #at = 0;

  constructor(bytes: Uint8Array, check: Check) {
    this.#bytes = bytes;
    this.#check = check;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length || this.#check.reason !== null;
  }

  whole(max: number): number {
    let value = 0;
    let scale = 1;
    for (let groups = 0; groups < GROUPS_MAX; groups++) {
      const group = this.#bytes[this.#at++];
      if (group === undefined) break;
      value += (group & 0x7f) * scale;
      if (group < 0x80) {
        if (value <= max) return value;
        this.#check.fail('out-of-bounds');
        return 0;
      }
      scale *= 0x80;
    }
    this.#check.fail('malformed');
    return 0;
  }

  hex32(): string {
    const from = this.#at;
    this.#at += HEX_BYTES;
    return this.#check.hex32(this.#bytes.subarray(from, this.#at));
  }

  tag(): Tag {
    if (this.#bytes.length - this.#at < TAG_BYTES) {
      this.#check.fail('malformed');
      return { lo: 0, hi: 0 };
    }
    const tag = { lo: readUint32(this.#bytes, this.#at), hi: readUint32(this.#bytes, this.#at + 4) };
    this.#at += TAG_BYTES;
    return tag;
  }

  /** What is told to be there is all there is. */
  expectEnd(): void {
    if (!this.isAtEnd) this.#check.fail('malformed');
  }

  /** As many as follow, up to `countMax`. */
  rest<T>(countMax: number, take: () => T): T[] {
    const taken: T[] = [];
    while (!this.isAtEnd) {
      if (taken.length === countMax) this.#check.fail('out-of-bounds');
      else taken.push(take());
    }
    return taken;
  }

  /** Their count first. */
  counted<T>(countMax: number, take: () => T): T[] {
    const count = this.whole(countMax);
    const taken: T[] = [];
    for (let i = 0; i < count && this.#check.reason === null; i++) taken.push(take());
    return taken;
  }
}
