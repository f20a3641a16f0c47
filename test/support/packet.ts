// Datagrams of the unsealed kind as no codec of ours would write them: a sound header before any body.

import { Packr } from 'msgpackr/pack';
import { HEADER_BYTES } from '../../src/wire/index.ts';

const packr = new Packr({ useRecords: false });

export function behindHeader(body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(HEADER_BYTES + body.length);
  whole.set([0x51, 1, 0, 0]);
  whole.set(body, HEADER_BYTES);
  return whole;
}

/** From its body's values. */
export function packet(body: unknown): Uint8Array {
  return behindHeader(packr.pack(body));
}
