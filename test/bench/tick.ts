// What a tick costs with 10 and with 10,000 quiet members: alive, known, and nothing of them arriving while it is measured.
// Ticks between two rounds and ticks that push a round are told apart: a round packs one datagram, whatever the list's length.

import {
  type Address,
  at,
  type ClusterId,
  clusterHashOf,
  createNode,
  genesis,
  type MemberEntry,
  NO_BEATS,
  type Node,
  nodeId,
  Outbox,
  Random,
} from '../../src/core/index.ts';
import { optionsOf } from '../support/options.ts';
import { memberEntry } from './codec.ts';
import { median } from './figure.ts';

export interface TickFigures {
  readonly betweenUs: number;
  readonly roundUs: number;
}

const CLUSTER = 'c1'.repeat(16) as ClusterId;
/** Of one voter that is not on the list: nobody acks, nobody is asked to. */
const RECORD = genesis([{ id: nodeId('f'.repeat(32)), storeId: 'f'.repeat(32) }], 'wan', 7, 600_000);
const LISTS = 7;
/** The last rumours are told meanwhile. */
const WARM_MS = 2_000;
/** Ends before anyone falls silent, which under profile wan is 7.8 s after the last news. */
const MEASURED_MS = 5_000;
/** A tick between rounds takes less than looking at the clock does, so that many are timed as one, so many times. */
const TICKS = 1_000;
const SPELLS = 50;

export function tickBench(): { readonly few: TickFigures; readonly many: TickFigures } {
  let [few, many] = [NEVER_MEASURED, NEVER_MEASURED];
  // In turn, so that neither has the warmer code.
  for (let list = 0; list < LISTS; list++) {
    few = best(few, measured(10, list));
    many = best(many, measured(10_000, list));
  }
  return { few, many };
}

const NEVER_MEASURED: TickFigures = { betweenUs: Number.POSITIVE_INFINITY, roundUs: Number.POSITIVE_INFINITY };

function best(a: TickFigures, b: TickFigures): TickFigures {
  return { betweenUs: Math.min(a.betweenUs, b.betweenUs), roundUs: Math.min(a.roundUs, b.roundUs) };
}

function measured(members: number, seed: number): TickFigures {
  const { node, nowMs: beganMs } = grownNode(members, seed);
  const outbox = new Outbox();
  const untilMs = beganMs + WARM_MS + MEASURED_MS;
  const rounds: number[] = [];
  for (let nowMs = beganMs; nowMs < untilMs; nowMs += 1) {
    outbox.clear();
    const tookUs = ticksUs(node, nowMs, 1, outbox);
    if (nowMs >= beganMs + WARM_MS && outbox.effects.some(({ kind }) => kind === 'send')) rounds.push(tookUs);
  }
  // Nothing is due any more at the instant of the last tick.
  outbox.clear();
  const between = Array.from({ length: SPELLS }, () => ticksUs(node, untilMs - 1, TICKS, outbox) / TICKS);
  if (outbox.effects.length > 0) throw new Error('a tick between rounds has no effects');
  return { betweenUs: Math.min(...between), roundUs: median(rounds) };
}

function ticksUs(node: Node, nowMs: number, count: number, outbox: Outbox): number {
  const startNs = process.hrtime.bigint();
  for (let i = 0; i < count; i++) node.step({ kind: 'tick' }, at(nowMs), outbox);
  return Number(process.hrtime.bigint() - startNs) / 1000;
}

/** A member that has confirmed so many others, told of in lists and then counted up, all within the last second. */
export function grownNode(members: number, seed: number): { node: Node; nowMs: number; entries: MemberEntry[] } {
  const random = new Random(seed + 1);
  const entries = Array.from({ length: members }, (_, i) => memberEntry(random, i));
  const self = memberEntry(random, members);
  let nowMs = 1_000_000;
  const node = createNode(
    optionsOf(members, {
      id: self.id,
      storeId: random.hex32(),
      incarnation: self.incarnation,
      bornIncarnation: self.incarnation,
      profile: 'wan',
      facts: self.facts,
      seeds: ['seed'],
      randomSeed: seed,
    }),
    at(nowMs),
  );
  const outbox = new Outbox();
  const step = (input: Parameters<Node['step']>[0]): void => {
    outbox.clear();
    node.step(input, at(nowMs), outbox);
  };
  step({ kind: 'tick' });
  step({ kind: 'persisted', ticket: 1 });
  step({ kind: 'resolved', seed: 'seed', addresses: ['192.0.2.1:7946' as Address], problem: null });
  const header = { clusterHash: 0, sender: { lo: 0, hi: 0 }, counter: 0, recordVersion: 0 };
  step({
    kind: 'answered',
    exchange: 1,
    envelope: { ...header, message: { kind: 'welcome', clusterId: CLUSTER, record: RECORD, entries } },
  });
  step({ kind: 'persisted', ticket: 2 });
  // Each counts up once, so that none of them is mere hearsay; rumours of them wear off by being heard again.
  const teller = entries[0]!;
  const speech = { clusterHash: clusterHashOf(CLUSTER), sender: teller.tag, recordVersion: 0 };
  for (let round = 0; round < 8; round++) {
    nowMs += 100;
    const told = entries.map((entry) => ({ ...entry, counter: entry.counter + 10 * Math.min(round, 1) }));
    const message = { kind: 'push', listHash: { lo: 0, hi: 0 }, entries: told, beats: NO_BEATS } as const;
    step({ kind: 'datagram', from: teller.facts.address, envelope: { ...speech, counter: teller.counter + 20 + round, message } });
  }
  return { node, nowMs, entries };
}
