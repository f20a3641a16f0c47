// The hot part of a push, by hand: per member four bytes of its tag and its counter as the difference to the one before
// (the first: to the sender's own), so that members of like age cost 6 to 8 bytes each and a thousand are read in microseconds.
//
// The difference is sign and magnitude in groups of seven bits, lowest first: the first byte bears the sign in its lowest bit and
// six bits of magnitude, the highest bit of each byte says that more follow. Counters reach 2^53, so whatever lies beyond the
// first 27 bits is done by multiplication: bitwise operators know only 32.

import { type Beats, LIMITS } from '../core/index.ts';
import { readUint32, writeUint32 } from './framing.ts';

/** 4 + 8: the sign and 53 bits in one group of six and seven of seven. */
export const BEAT_BYTES_MAX = 12;
const GROUPS_MAX = 7;

/** Keeps the columns and the scratch from call to call; what `read` and `write` return is good until the next call. */
export class BeatsCodec {
  readonly #columns: { count: number; tagLo: Uint32Array; counter: Float64Array } = {
    count: 0,
    tagLo: new Uint32Array(0),
    counter: new Float64Array(0),
  };
  #scratch: Uint8Array = new Uint8Array(0);

  get columns(): Beats {
    return this.#columns;
  }

  write(beats: Beats, baseCounter: number): Uint8Array {
    const { count, tagLo, counter } = beats;
    if (this.#scratch.length < count * BEAT_BYTES_MAX) this.#scratch = new Uint8Array(count * 2 * BEAT_BYTES_MAX);
    const bytes = this.#scratch;
    let at = 0;
    let previous = baseCounter;
    for (let i = 0; i < count; i++) {
      writeUint32(bytes, at, tagLo[i]!);
      at += 4;
      const value = counter[i]!;
      const sign = value < previous ? 1 : 0;
      let rest = sign === 1 ? previous - value : value - previous;
      previous = value;
      let group = (rest % 64) * 2 + sign;
      rest = Math.floor(rest / 64);
      while (rest > 0) {
        bytes[at++] = group | 0x80;
        group = rest % 128;
        rest = Math.floor(rest / 128);
      }
      bytes[at++] = group;
    }
    return bytes.subarray(0, at);
  }

  /** False when the bytes are not a whole number of beats or name more members or higher counters than there can be. */
  read(bytes: Uint8Array, baseCounter: number): boolean {
    const columns = this.#columns;
    columns.count = 0;
    this.#reserve(Math.min(Math.floor(bytes.length / 5), LIMITS.membersMax));
    const { tagLo, counter } = columns;
    const end = bytes.length;
    let count = 0;
    let at = 0;
    let previous = baseCounter;
    while (at < end) {
      if (end - at < 5 || count === tagLo.length) return false;
      tagLo[count] = readUint32(bytes, at);
      let group = bytes[at + 4]!;
      at += 5;
      const isLess = (group & 1) === 1;
      let magnitude = (group & 0x7f) >>> 1;
      let scale = 64;
      for (let groups = 0; group >= 0x80; groups++) {
        if (at === end || groups === GROUPS_MAX) return false;
        group = bytes[at]!;
        at += 1;
        magnitude += (group & 0x7f) * scale;
        scale *= 128;
      }
      previous = isLess ? previous - magnitude : previous + magnitude;
      // Above 2^53 the sum is no longer exact, yet never rounds to below it.
      if (previous < 0 || previous > Number.MAX_SAFE_INTEGER) return false;
      counter[count] = previous;
      count += 1;
    }
    columns.count = count;
    return true;
  }

  #reserve(count: number): void {
    if (this.#columns.tagLo.length >= count) return;
    const capacity = Math.min(count * 2, LIMITS.membersMax);
    this.#columns.tagLo = new Uint32Array(capacity);
    this.#columns.counter = new Float64Array(capacity);
  }
}
