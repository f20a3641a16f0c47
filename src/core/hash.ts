// A 64-bit hash in two 32-bit lanes, for tags and for the anti-entropy sum. Not cryptographic: without a key the network
// is trusted, and with one the seal vouches for every byte.

/** Two unsigned 32-bit halves, because a number holds only 53 bits and a bigint is slow. */
export interface Tag {
  readonly lo: number;
  readonly hi: number;
}

export const NO_TAG: Tag = { lo: 0, hi: 0 };

export function sameTag(a: Tag, b: Tag): boolean {
  return a.lo === b.lo && a.hi === b.hi;
}

// murmur3's finaliser: every bit of the input moves about half of the output's.
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function hash32(text: string, seed: number): number {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x5bd1e995);
    h ^= h >>> 15;
  }
  return mix32(h ^ text.length);
}

export function hash64(text: string): Tag {
  return { lo: hash32(text, 0x9747b28c), hi: hash32(text, 0x3c6ef372) };
}
