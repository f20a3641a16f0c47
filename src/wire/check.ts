// Takes values out of what was unpacked, each with its bounds. The first thing that does not fit is kept as the reason and every
// taker goes on with a harmless stand-in, so that reading code has no branches for failure and asks once at the end.
// `malformed` is a wrong shape, `out-of-bounds` the right shape with a value that nobody may claim.

import type { UnreadableReason } from './framing.ts';
import { bytesToHex, HEX_BYTES } from './hex.ts';

const NOTHING: readonly unknown[] = [];
const NO_BYTES: Uint8Array = new Uint8Array(0);

export class Check {
  #reason: UnreadableReason | null = null;

  get reason(): UnreadableReason | null {
    return this.#reason;
  }

  reset(): void {
    this.#reason = null;
  }

  fail(reason: UnreadableReason): void {
    this.#reason ??= reason;
  }

  /** A whole number from 0 to `max`. */
  whole(value: unknown, max: number): number {
    if (typeof value !== 'number') {
      this.fail('malformed');
      return 0;
    }
    if (!Number.isInteger(value) || value < 0 || value > max) {
      this.fail('out-of-bounds');
      return 0;
    }
    // −0 is a whole number too, and not the same as 0 to everyone.
    return value + 0;
  }

  uint32(value: unknown): number {
    return this.whole(value, 0xffffffff);
  }

  safe(value: unknown): number {
    return this.whole(value, Number.MAX_SAFE_INTEGER);
  }

  flag(value: unknown): boolean {
    if (typeof value === 'boolean') return value;
    this.fail('malformed');
    return false;
  }

  text(value: unknown, bytesMax: number): string {
    if (typeof value !== 'string') {
      this.fail('malformed');
      return '';
    }
    if (utf8Bytes(value) > bytesMax) {
      this.fail('out-of-bounds');
      return '';
    }
    return value;
  }

  /** 16 bytes, as 32 hex digits. */
  hex32(value: unknown): string {
    const bytes = this.bytes(value);
    if (bytes.length === HEX_BYTES) return bytesToHex(bytes);
    this.fail('malformed');
    return '00000000000000000000000000000000';
  }

  bytes(value: unknown): Uint8Array {
    if (value instanceof Uint8Array) return value;
    this.fail('malformed');
    return NO_BYTES;
  }

  /** At least `lengthMin` values; the ones beyond what the reader knows are a newer version's and are skipped. */
  row(value: unknown, lengthMin: number): readonly unknown[] {
    if (Array.isArray(value) && value.length >= lengthMin) return value;
    this.fail('malformed');
    return NOTHING;
  }

  /** Any number of like values up to `lengthMax`. */
  list(value: unknown, lengthMax: number): readonly unknown[] {
    if (!Array.isArray(value)) {
      this.fail('malformed');
      return NOTHING;
    }
    if (value.length > lengthMax) {
      this.fail('out-of-bounds');
      return NOTHING;
    }
    return value;
  }

  /** Travels as its place in `choices`. */
  choice<T>(value: unknown, choices: readonly [T, ...T[]]): T {
    return choices[this.whole(value, choices.length - 1)] ?? choices[0];
  }
}

export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Half of a surrogate pair counts 2: the pair takes 4.
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
