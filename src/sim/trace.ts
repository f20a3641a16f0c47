// One number for all that happened: over every event's time, host, kind and bytes, in order.
// Two runs that differ anywhere differ here, which is how "the same seed, the same history" is checked.

import { mix32 } from '../core/index.ts';

export const TRACE_KINDS = [
  'timer',
  'datagram',
  'asked',
  'answered',
  'unanswered',
  'persisted',
  'persist-failed',
  'resolved',
  'event',
  'command',
  'process-start',
  'process-end',
  'pause',
  'resume',
  'fault',
  'heal',
  'workloads-ended',
  'child-start',
  'child-end',
] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

const KIND_CODE = new Map<TraceKind, number>(TRACE_KINDS.map((kind, code) => [kind, code + 1]));

export class Trace {
  #a = 0x243f6a88;
  #b = 0x85a308d3;
  #count = 0;
  readonly #time = new Float64Array(1);
  readonly #timeHalves = new Uint32Array(this.#time.buffer);

  get count(): number {
    return this.#count;
  }

  add(atMs: number, host: number, kind: TraceKind, content: number): void {
    this.#count += 1;
    this.#time[0] = atMs;
    this.#stir(this.#timeHalves[0]!);
    this.#stir(this.#timeHalves[1]!);
    this.#stir((host << 5) | (KIND_CODE.get(kind) as number));
    this.#stir(content);
  }

  /** 16 hex digits. */
  digest(): string {
    return [this.#a, this.#b]
      .map((half) =>
        mix32(half ^ this.#count)
          .toString(16)
          .padStart(8, '0'),
      )
      .join('');
  }

  #stir(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x9e3779b1);
    this.#a ^= this.#a >>> 15;
    this.#b = Math.imul(this.#b + word, 0x85ebca77) ^ (this.#a >>> 7);
  }
}

/** Four bytes a multiplication: this runs once for every packet of a thousand nodes. */
export function hashBytes(bytes: Uint8Array): number {
  const length = bytes.length;
  const wordsEnd = length - (length % 4);
  let h = length;
  let i = 0;
  for (; i < wordsEnd; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    h = Math.imul(h ^ word, 0x9e3779b1);
    h ^= h >>> 15;
  }
  for (; i < length; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return mix32(h);
}
