// What the codec costs: a push of 1,000 beats packed and read, and the same for 1,000 members in full.
// Best of several rounds, because the machine has other work too.

import type { Address, Beats, Envelope, Incarnation, MemberEntry, NodeId } from '../../src/core/index.ts';
import { Random } from '../../src/core/index.ts';
import { Codec } from '../../src/wire/index.ts';

export interface CodecFigure {
  readonly name: string;
  readonly microseconds: number;
  readonly bytesPerEntry: number;
}

const ENTRIES = 1000;
const ROUNDS = 9;
const CALLS = 200;

export function codecBench(): CodecFigure[] {
  return [...figuresOf('1,000 beats', pushOfBeats(ENTRIES)), ...figuresOf('1,000 members in full', syncOf(ENTRIES))];
}

/** Members of like age, as in a cluster that was started within a week: the steady push. */
export function pushOfBeats(count: number): Envelope {
  const random = new Random(1);
  const beats: Beats = { count, tagLo: new Uint32Array(count), counter: new Float64Array(count) };
  for (let i = 0; i < count; i++) {
    beats.tagLo[i] = random.uint32();
    beats.counter[i] = 60_000_000 + random.below(30_000_000);
  }
  const message = { kind: 'push', listHash: { lo: 1, hi: 2 }, entries: [], beats } as const;
  return { clusterHash: 1, sender: { lo: 3, hi: 4 }, counter: 75_000_000, recordVersion: 0, message };
}

export function syncOf(count: number): Envelope {
  const random = new Random(2);
  const entries = Array.from({ length: count }, (_, i) => memberEntry(random, i));
  const clusterId = random.hex32() as Extract<Envelope['message'], { kind: 'sync' }>['clusterId'];
  return {
    clusterHash: 1,
    sender: { lo: 3, hi: 4 },
    counter: 75_000_000,
    recordVersion: 0,
    message: { kind: 'sync', clusterId, digest: null, entries },
  };
}

export function memberEntry(random: Random, ordinal: number): MemberEntry {
  return {
    id: random.hex32() as NodeId,
    incarnation: (1_790_000_000_000 + random.below(1_000_000_000)) as Incarnation,
    tag: { lo: random.uint32(), hi: random.uint32() },
    counter: random.below(90_000_000),
    state: 'alive',
    stateAgeMs: 0,
    facts: {
      name: `node-${ordinal}`,
      address: `10.${ordinal >> 8}.${ordinal & 255}.7:7946` as Address,
      meta: { version: 1, restarts: 0, zone: '', software: '0.1.0', canVote: true, tags: [] },
    },
  };
}

function figuresOf(name: string, envelope: Envelope): CodecFigure[] {
  const codec = new Codec();
  const frame = codec.encodeFrame(envelope);
  const bytesPerEntry = frame.length / ENTRIES;
  const decode = (): void => {
    if (codec.decode(frame).kind !== 'message') throw new Error('the bench reads what it wrote');
  };
  return [
    { name: `pack ${name}`, microseconds: bestMicroseconds(() => codec.encodeFrame(envelope)), bytesPerEntry },
    { name: `decode and check ${name}`, microseconds: bestMicroseconds(decode), bytesPerEntry },
  ];
}

function bestMicroseconds(act: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startNs = process.hrtime.bigint();
    for (let call = 0; call < CALLS; call++) act();
    best = Math.min(best, Number(process.hrtime.bigint() - startNs) / 1000 / CALLS);
  }
  return best;
}
