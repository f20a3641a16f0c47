// 16 bytes ⇄ 32 hex digits: ids, nonces, store ids. The same few hundred come and go all the time, so both ways remember some; a
// stranger's ids only push others out. That one id is one string also spares whoever looks it up the comparing of digits.

import { readUint32 } from './framing.ts';

export const HEX_BYTES = 16;
const WORDS = 4;
const PLACES = 1024;
const KEPT_MAX = 512;

const words = new Uint32Array(PLACES * WORDS);
const texts: (string | undefined)[] = new Array<string | undefined>(PLACES).fill(undefined);
const kept = new Map<string, Uint8Array>();

/** Of exactly 16 bytes. */
export function bytesToHex(bytes: Uint8Array): string {
  const a = readUint32(bytes, 0);
  const b = readUint32(bytes, 4);
  const c = readUint32(bytes, 8);
  const d = readUint32(bytes, 12);
  const place = (a ^ b ^ c ^ d) & (PLACES - 1);
  const at = place * WORDS;
  const known = texts[place];
  if (known !== undefined && words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return known;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, HEX_BYTES).toString('hex');
  words[at] = a;
  words[at + 1] = b;
  words[at + 2] = c;
  words[at + 3] = d;
  texts[place] = text;
  return text;
}

/** Shared: only to be looked at. */
export function hexToBytes(text: string): Uint8Array {
  const known = kept.get(text);
  if (known !== undefined) return known;
  // Not of Buffer's pool: what is kept would hold a whole slab of it.
  const bytes = new Uint8Array(Buffer.from(text, 'hex'));
  if (kept.size === KEPT_MAX) kept.clear();
  kept.set(text, bytes);
  return bytes;
}
