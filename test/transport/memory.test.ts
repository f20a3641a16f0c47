// The network in memory does what its policy says, when its scheduler says, and nothing else.

import { expect, test } from 'vitest';
import { type Address, AssertionError } from '../../src/core/index.ts';
import { type ExchangeAnswer, MemoryNetwork, type MemoryPolicy, type MemoryTransport } from '../../src/transport/index.ts';

const a = '10.0.0.1:7946' as Address;
const b = '10.0.0.2:7946' as Address;

/** Runs what was scheduled in order of time, those of one instant in order of scheduling. */
class Agenda {
  nowMs = 0;
  readonly #waiting: { readonly atMs: number; readonly fn: () => void }[] = [];

  schedule(delayMs: number, fn: () => void): void {
    this.#waiting.push({ atMs: this.nowMs + delayMs, fn });
    this.#waiting.sort((one, other) => one.atMs - other.atMs);
  }

  run(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.nowMs = next.atMs;
      next.fn();
    }
  }
}

function build(policy: Partial<MemoryPolicy> = {}): {
  agenda: Agenda;
  network: MemoryNetwork;
  heard: string[];
  one: MemoryTransport;
  other: MemoryTransport;
} {
  const agenda = new Agenda();
  const network = new MemoryNetwork(agenda, { datagram: () => [1], exchange: () => 1, ...policy });
  const heard: string[] = [];
  const one = network.open(a);
  const other = listening(network, b, agenda, heard);
  return { agenda, network, heard, one, other };
}

function listening(network: MemoryNetwork, address: Address, agenda: Agenda, heard: string[]): MemoryTransport {
  const transport = network.open(address);
  const say = (kind: string, from: Address, bytes: Uint8Array): void =>
    void heard.push(`${agenda.nowMs} ${kind} ${from} ${Buffer.from(bytes)}`);
  transport.listen({
    datagram: (from, bytes) => say('datagram', from, bytes),
    asked: (from, bytes, answer) => {
      say('asked', from, bytes);
      answer(Buffer.from('yes'));
      answer(Buffer.from('no'));
    },
  });
  return transport;
}

function ask(agenda: Agenda, from: MemoryTransport, to: Address, timeoutMs = 100): string[] {
  const answers: string[] = [];
  from.exchange(to, Buffer.from('?'), timeoutMs, (answer: ExchangeAnswer) => {
    answers.push(`${agenda.nowMs} ${answer.kind === 'answer' ? Buffer.from(answer.bytes).toString() : answer.reason}`);
  });
  return answers;
}

test('a datagram arrives after its delay, as it was when it was sent', () => {
  const { agenda, heard, one } = build({ datagram: () => [7] });
  const bytes = Buffer.from('hello');
  one.send(b, bytes);
  bytes.fill(0);
  expect(heard).toEqual([]);
  agenda.run();
  expect(heard).toEqual(['7 datagram 10.0.0.1:7946 hello']);
});

test('no delay is a loss, several are duplicates, and later ones may overtake', () => {
  const delays = [[], [5, 3], [1]];
  const { agenda, heard, one } = build({ datagram: () => delays.shift() ?? [] });
  for (const text of ['lost', 'twice', 'quick']) one.send(b, Buffer.from(text));
  agenda.run();
  expect(heard).toEqual(['1 datagram 10.0.0.1:7946 quick', '3 datagram 10.0.0.1:7946 twice', '5 datagram 10.0.0.1:7946 twice']);
});

test('copies are not mixed up when their room is used again, whatever their length', () => {
  const { agenda, heard, one } = build();
  for (const length of [10, 3000, 5]) {
    for (const letter of ['x', 'y']) one.send(b, Buffer.from(letter.repeat(length)));
    agenda.run();
  }
  expect(heard.map((line) => line.split(' ')[3])).toEqual([10, 3000, 5].flatMap((length) => ['x'.repeat(length), 'y'.repeat(length)]));
});

test('a closed transport hears nothing, and its successor at the address what is still under way', () => {
  const { agenda, network, heard, one, other } = build();
  one.send(b, Buffer.from('first'));
  other.close();
  agenda.run();
  one.send(b, Buffer.from('second'));
  listening(network, b, agenda, heard);
  agenda.run();
  expect(heard).toEqual(['2 datagram 10.0.0.1:7946 second']);
});

test('a closed transport sends nothing, and its exchanges fail', () => {
  const { agenda, heard, one } = build();
  one.close();
  one.send(b, Buffer.from('hello'));
  const answers = ask(agenda, one, b);
  expect(answers).toEqual([]);
  agenda.run();
  expect(heard).toEqual([]);
  expect(answers).toEqual(['0 closed']);
});

test('an exchange takes one way there and one back, and only the first answer', () => {
  const { agenda, heard, one } = build({ exchange: (from) => (from === a ? 10 : 20) });
  const answers = ask(agenda, one, b);
  agenda.run();
  expect(heard).toEqual(['10 asked 10.0.0.1:7946 ?']);
  expect(answers).toEqual(['30 yes']);
});

test('an exchange fails after its time when the way there, the way back or both are slow or cut', () => {
  const times: [number | null, number | null][] = [
    [null, 1],
    [1, null],
    [60, 60],
  ];
  for (const [thereMs, backMs] of times) {
    const { agenda, one } = build({ exchange: (from) => (from === a ? thereMs : backMs) });
    const answers = ask(agenda, one, b);
    agenda.run();
    expect(answers).toEqual(['100 timeout']);
  }
});

test('an exchange with nobody is refused after the way there and back', () => {
  const { agenda, one } = build({ exchange: () => 3 });
  const answers = ask(agenda, one, '10.0.0.3:7946' as Address);
  agenda.run();
  expect(answers).toEqual(['6 ECONNREFUSED']);
});

test('an address is open once at a time', () => {
  const { network, other } = build();
  expect(() => network.open(b)).toThrow(AssertionError);
  other.close();
  network.open(b);
});
