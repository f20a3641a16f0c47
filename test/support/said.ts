// What a datagram says, be it one message or a bundle of several. The beats of a push in it are good until the next call.

import type { Envelope } from '../../src/core/index.ts';
import { Codec } from '../../src/wire/index.ts';

const codec = new Codec();

/** Nothing, where the bytes cannot be read. */
export function said(bytes: Uint8Array): readonly Envelope[] {
  const decoded = codec.decodeDatagram(bytes);
  if (decoded.kind === 'unreadable') return [];
  return decoded.kind === 'message' ? [decoded.envelope] : decoded.envelopes;
}
