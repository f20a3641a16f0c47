// Passing on for members that are short of acks (L1): to whom, how far, how often.

import { beforeEach, describe, expect, test } from 'vitest';
import { type Address, at, Directory, type NodeId, PROFILES } from '../../../src/core/index.ts';
import type { Beat, Message, Relayed } from '../../../src/core/message.ts';
import type { Chain } from '../../../src/core/node/chain.ts';
import { Relays } from '../../../src/core/node/relays.ts';
import { Roster } from '../../../src/core/node/roster.ts';
import type { Self } from '../../../src/core/node/self.ts';
import type { Voice } from '../../../src/core/node/voice.ts';
import { addressOf, entryOf, idOf, plainTag } from '../../support/members.ts';
import { recordOfVoters } from '../../support/records.ts';

const { lan } = PROFILES;
const { heartbeatMs } = lan;
/** This node; 1 to 3 vote with it, the rest do not. */
const OWN = 0;
const VOTERS = [OWN, 1, 2, 3];
const MEMBERS = 40;
const HELPER = 39;
const ACK = { kind: 'ack', acks: [], againMs: 0 } as const;
const PREPARE = {
  kind: 'prepare',
  version: 2,
  ballot: { round: 1, id: idOf(OWN), incarnation: 1, sequence: 1 },
  suspects: [],
} as unknown as Relayed['inner'];

interface Sent {
  readonly to: readonly Address[];
  readonly message: Message;
}

let sent: Sent[] = [];
let introduced: { readonly id: NodeId; readonly to: readonly Address[] }[] = [];
let relays: Relays;
let roster: Roster;

beforeEach(() => {
  sent = [];
  introduced = [];
  roster = new Roster(new Directory(), idOf(OWN), lan, at(0), () => {});
  for (let ordinal = 0; ordinal < MEMBERS; ordinal++) roster.table.put(entryOf(ordinal), true, at(0));
  let counter = 100;
  const self = { id: idOf(OWN), tag: plainTag(OWN, 1), stamp: () => counter++ } as unknown as Self;
  const voice = { datagram: (to: readonly Address[], message: Message) => sent.push({ to, message }) } as unknown as Voice;
  const record = recordOfVoters(VOTERS);
  const chain = { record, voterIds: VOTERS.map(idOf), version: 1 } as unknown as Chain;
  relays = new Relays(self, roster, voice, chain, heartbeatMs, () => [addressOf(HELPER)], {
    introduce: () => {},
    tellOf: (slot, to) => introduced.push({ id: roster.table.directory.idAt(slot), to }),
  });
});

const outbox = {} as never;

function beat(isLost: boolean): Beat {
  return { kind: 'beat', isShort: true, isLost, isStable: false, storeId: null, canVote: true, canLead: true, writeCount: 1, acks: [] };
}

function passOn(ordinal: number, counter: number, nowMs: number, isLost = false): void {
  relays.passOn(roster.table.slotOf(idOf(ordinal)), beat(isLost), counter, 1, addressOf(ordinal), at(nowMs), outbox);
}

function relayed(change: Partial<Relayed> = {}): Relayed {
  return {
    kind: 'relayed',
    hops: 1,
    originSender: plainTag(9, 1),
    originCounter: 7,
    originRecordVersion: 1,
    target: null,
    inner: beat(true),
    ...change,
  };
}

function forward(message: Relayed, from: number): void {
  relays.forwardRelayed(message, addressOf(from), at(0), outbox);
}

/** Ordinals that the last packet went to. */
function receivers(): number[] {
  const last = sent.at(-1);
  return (last?.to ?? []).map((to) => Array.from({ length: MEMBERS }, (_, i) => i).find((i) => addressOf(i) === to) ?? -1).sort();
}

const hopsSent = (): (number | null)[] => sent.map(({ message }) => (message.kind === 'relayed' ? message.hops : null));

describe('a beat of one that is short of acks', () => {
  test('goes whole to every other voter, as its last hop', () => {
    passOn(9, 7, 1000);
    expect(receivers()).toStrictEqual([1, 2, 3]);
    expect(sent[0]?.message).toStrictEqual(relayed({ hops: 2, inner: beat(false) }));
    expect(introduced).toStrictEqual([]);
  });

  test('of a voter goes not back to it', () => {
    passOn(2, 7, 1000);
    expect(receivers()).toStrictEqual([1, 3]);
  });

  test('has one hop more where one was not enough, and its sender is introduced on the way', () => {
    passOn(9, 7, 1000, true);
    expect(hopsSent()).toStrictEqual([1]);
    expect(introduced).toStrictEqual([{ id: idOf(9), to: [1, 2, 3].map(addressOf) }]);
  });

  test('is passed on once in a heartbeat for each, less its jitter', () => {
    for (let ms = 0; ms < 3 * heartbeatMs; ms += 10) {
      passOn(9, 10 + ms, 1000 + ms);
      if (ms === 0) passOn(8, 7, 1000);
    }
    const of = (ordinal: number): number =>
      sent.filter(({ message }) => message.kind === 'relayed' && message.originSender.lo === plainTag(ordinal, 1).lo).length;
    expect([of(9), of(8)]).toStrictEqual([5, 1]);
  });

  test('by the heartbeat of its cluster', () => {
    relays.retime(10 * heartbeatMs);
    passOn(9, 7, 1000);
    passOn(9, 8, 1000 + 2 * heartbeatMs);
    expect(sent.length).toBe(1);
  });
});

describe('what somebody else passes on', () => {
  test('to all voters goes on to those that neither sent nor brought it, as its last hop', () => {
    forward(relayed(), 1);
    expect(receivers()).toStrictEqual([2, 3]);
    expect(hopsSent()).toStrictEqual([2]);
    expect(introduced).toStrictEqual([{ id: idOf(9), to: [addressOf(2), addressOf(3)] }]);
  });

  test('goes on once, by whatever way it comes again', () => {
    forward(relayed(), 1);
    forward(relayed(), 2);
    forward(relayed({ hops: 2 }), 3);
    expect(sent.length).toBe(1);
  });

  test('goes to all voters no further after its last hop', () => {
    forward(relayed({ hops: 2 }), 1);
    expect(sent).toStrictEqual([]);
  });

  test('to one member goes straight there on its last hop, and nowhere else', () => {
    forward(relayed(), 20);
    sent = [];
    forward(relayed({ hops: 2, originSender: plainTag(1, 1), target: idOf(9), inner: ACK }), 1);
    expect(receivers()).toStrictEqual([9]);
  });

  test('to one member goes on the hop before straight, by those who brought something of it, and by helpers', () => {
    forward(relayed(), 20);
    forward(relayed({ originCounter: 8 }), 21);
    sent = [];
    forward(relayed({ originSender: plainTag(1, 1), target: idOf(9), inner: ACK }), 1);
    expect(receivers()).toStrictEqual([9, 20, 21, HELPER].sort());
    expect(hopsSent()).toStrictEqual([2]);
  });

  test('for nobody that is known, or for this node itself, goes nowhere', () => {
    forward(relayed({ target: idOf(MEMBERS + 1), inner: ACK }), 1);
    forward(relayed({ target: idOf(OWN), inner: ACK, originCounter: 8 }), 1);
    expect(sent).toStrictEqual([]);
  });

  test('is taken once here', () => {
    expect([relays.isFirst(relayed()), relays.isFirst(relayed()), relays.isFirst(relayed({ originCounter: 8 }))]).toStrictEqual([
      true,
      false,
      true,
    ]);
  });

  test('and remembered within bounds: only the oldest would be passed on again', () => {
    for (let counter = 1; counter <= 1000; counter++) forward(relayed({ originCounter: counter }), 1);
    sent = [];
    forward(relayed({ originCounter: 1000 }), 2);
    expect(sent.length).toBe(0);
    forward(relayed({ originCounter: 1 }), 2);
    expect(sent.length).toBe(1);
  });
});

describe('an answer', () => {
  test('goes back one hop, the way that the question came', () => {
    relays.sendBack(addressOf(20), idOf(9), ACK, at(0), outbox);
    expect(sent).toStrictEqual([
      {
        to: [addressOf(20)],
        message: {
          kind: 'relayed',
          hops: 2,
          originSender: plainTag(OWN, 1),
          originCounter: 100,
          originRecordVersion: 1,
          target: idOf(9),
          inner: ACK,
        },
      },
    ]);
  });

  test('by any way goes to the voters, to helpers, and to those who brought something of it', () => {
    forward(relayed(), 20);
    sent = [];
    relays.flood(idOf(9), ACK, at(1000), outbox);
    expect(receivers()).toStrictEqual([1, 2, 20, 3, HELPER].sort());
    expect(hopsSent()).toStrictEqual([1]);
  });

  test('by any way is given to each once in a heartbeat, less its jitter', () => {
    for (let ms = 0; ms < 3 * heartbeatMs; ms += 10) relays.flood(idOf(9), ACK, at(1000 + ms), outbox);
    expect(sent.length).toBe(5);
  });

  test('by any way is given to few in one heartbeat', () => {
    for (let ordinal = 4; ordinal < 30; ordinal++) relays.flood(idOf(ordinal), ACK, at(1000), outbox);
    expect(sent.length).toBe(8);
    for (let ordinal = 4; ordinal < 30; ordinal++) relays.flood(idOf(ordinal), ACK, at(1000 + heartbeatMs), outbox);
    expect(sent.length).toBe(16);
  });

  test('of a decision takes no turn of an acknowledgement, nor the other way round', () => {
    for (let ordinal = 4; ordinal < 30; ordinal++) relays.flood(idOf(ordinal), ACK, at(1000), outbox);
    sent = [];
    for (let ordinal = 4; ordinal < 30; ordinal++) relays.flood(idOf(ordinal), PREPARE, at(1000), outbox);
    expect(sent.length).toBe(8);
    sent = [];
    for (const inner of [PREPARE, ACK, PREPARE, ACK]) relays.flood(idOf(9), inner, at(9000), outbox);
    expect(sent.map(({ message }) => (message.kind === 'relayed' ? message.inner.kind : null))).toStrictEqual(['prepare', 'ack']);
  });
});
