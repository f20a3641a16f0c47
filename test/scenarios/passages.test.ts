// Firewalls that pass TCP and stop UDP, or the other way round: the problem is named while it lasts, for whom it lasts, and no longer.

import { describe, expect, test } from 'vitest';
import { at, type Message } from '../../src/core/index.ts';
import { CLUSTER, events, only, Puppet, Stage, stranger } from '../support/stage.ts';

const FAIL_MS = 4500;

function blocked(stage: Stage): string[] {
  return stage.node
    .problems(at(stage.nowMs))
    .filter(({ code }) => code.endsWith('-blocked'))
    .map(({ code, message }) => `${code} ${message}`);
}

/** The puppet's sync with the stage, which tells of itself. */
function syncs(stage: Stage, puppet: Puppet): void {
  puppet.counter += 1;
  const message: Message = { kind: 'sync', clusterId: CLUSTER, digest: null, entries: [puppet.entry()] };
  stage.step({ kind: 'asked', exchange: 7, from: puppet.address, envelope: puppet.says(message) });
}

const UDP_1 = 'udp-blocked n1→n0: n1 answers over TCP, but no datagram of it arrives';

describe('a member of which only streams arrive', () => {
  test('is named after T_fail, with the port to open, until a datagram of it arrives', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    syncs(stage, puppet);
    stage.pass(FAIL_MS - 1);
    expect(blocked(stage)).toStrictEqual([]);
    stage.pass(1);
    expect(blocked(stage)).toStrictEqual([UDP_1]);
    expect(stage.node.problems(at(stage.nowMs))[0]?.hint).toBe(
      'let UDP pass from 10.0.0.1 to port 7946 of this host, here and in every firewall between; heartbeats go by UDP',
    );
    // What comes over a stream changes nothing, though the member be shown as alive by it.
    syncs(stage, puppet);
    syncs(stage, puppet);
    expect([stage.shown(), blocked(stage)]).toStrictEqual([['n0 alive', 'n1 alive'], [UDP_1]]);
    stage.hear(puppet.says({ kind: 'pong', echo: 0 }));
    expect(blocked(stage)).toStrictEqual([]);
    stage.pass(FAIL_MS / 2);
    syncs(stage, puppet);
    stage.pass(FAIL_MS);
    expect(blocked(stage)).toStrictEqual([]);
  });

  test('is named when it had failed, and is asked for a datagram', () => {
    const [stage, puppet, relay] = [new Stage().enter(), new Puppet(1), new Puppet(2)];
    for (const one of [puppet, relay]) stage.hear(one.hello(), one.address);
    stage.hear(relay.pushes([puppet.entry({ state: 'failed' })]), relay.address);
    stage.pass(2 * FAIL_MS);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 failed', 'n2 suspect']);
    const message: Message = { kind: 'sync', clusterId: CLUSTER, digest: null, entries: [] };
    expect(stage.lines({ kind: 'asked', exchange: 7, from: puppet.address, envelope: puppet.says(message) })).toContain(
      'send ping to 10.0.0.1:7946',
    );
    stage.pass(FAIL_MS);
    expect(blocked(stage)).toStrictEqual([UDP_1]);
  });

  test('is named on the side that asks too, and in its next life', () => {
    const [stage, puppet] = [new Stage({ seeds: ['seed'] }).enter(), new Puppet(1)];
    const answered = (who: Puppet): void => {
      const [asked] = only('exchange', stage.step({ kind: 'resolved', seed: 'seed', addresses: [who.address], problem: null }));
      const reply: Message = { kind: 'sync-reply', clusterId: CLUSTER, entries: [who.entry()], wanted: new Uint32Array(0) };
      stage.step({ kind: 'answered', exchange: asked!.exchange, envelope: who.says(reply) });
    };
    answered(puppet);
    stage.pass(FAIL_MS);
    answered(new Puppet(1, { incarnation: puppet.incarnation + 1 }));
    expect(blocked(stage)).toStrictEqual([UDP_1]);
  });

  test('is named no more once it has left, nor when no stream of it came for three minutes', () => {
    for (const end of ['left', 'silence'] as const) {
      const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
      syncs(stage, puppet);
      stage.pass(FAIL_MS - 100);
      syncs(stage, puppet);
      stage.pass(100);
      expect(blocked(stage)).toStrictEqual([UDP_1]);
      const other = new Puppet(2);
      stage.hear(other.hello(), other.address);
      if (end === 'left') stage.hear(other.pushes([puppet.entry({ state: 'left' })]), other.address);
      else stage.pass(181_000);
      expect(blocked(stage)).toStrictEqual([]);
    }
  });

  test('is told as an event, once, and so is its end', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    syncs(stage, puppet);
    const told = events(stage.pass(60_000)).filter((line) => line.includes('blocked'));
    expect(told).toStrictEqual([`event ${UDP_1.replace(' ', ' n1: ')}`]);
    stage.hear(puppet.hello());
    expect(events(stage.pass(10_000)).filter((line) => line.includes('blocked'))).toStrictEqual([
      'event unblocked n1: no longer udp-blocked',
    ]);
  });

  test('is asked for a datagram again and again', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    syncs(stage, puppet);
    const pings = only('send', stage.pass(20_000)).filter(({ envelope }) => envelope.message.kind === 'ping');
    expect(pings.length).toBeGreaterThanOrEqual(3);
    const relay = new Puppet(2);
    stage.hear(relay.hello(), relay.address);
    stage.hear(relay.pushes([puppet.entry({ state: 'left' })]), relay.address);
    const later = only('send', stage.pass(20_000)).filter(
      ({ envelope, to }) => envelope.message.kind === 'ping' && to.includes(puppet.address),
    );
    expect(later).toStrictEqual([]);
  });

  // Seed 186 of the chaos: a stream of a dead process came twelve seconds late, when its host had begun anew without its disk.
  test('is named no more once another lives under its name', () => {
    const [stage, puppet, relay] = [new Stage().enter(), new Puppet(1), new Puppet(2)];
    for (const one of [puppet, relay]) stage.hear(one.hello(), one.address);
    stage.hear(relay.pushes([puppet.entry({ state: 'failed' })]), relay.address);
    stage.pass(2 * FAIL_MS);
    syncs(stage, puppet);
    stage.pass(FAIL_MS);
    expect(blocked(stage)).toStrictEqual([UDP_1]);
    const namesake = new Puppet(3, { entry: { facts: { ...new Puppet(3).entry().facts, name: 'n1' } } });
    stage.hear(namesake.hello(), namesake.address);
    expect(blocked(stage)).toStrictEqual([]);
  });

  test('is one of 16 at most', () => {
    const stage = new Stage().enter();
    for (let ordinal = 1; ordinal <= 100; ordinal++) syncs(stage, new Puppet(ordinal));
    stage.pass(FAIL_MS);
    expect(blocked(stage).length).toBe(16);
  });
});

describe('a member to which no stream comes about', () => {
  const TCP_1 =
    'tcp-blocked n0→n1: n1 is heard, but no connection to it comes about (no answer within 3 s: is a firewall between, or the host down?)';

  /** Lets time pass while the puppet is heard with another list; streams to it end as told. */
  function pass(stage: Stage, puppet: Puppet, ms: number, end: 'timeout' | 'answer'): void {
    for (let i = 0; i < ms / 500; i++) {
      puppet.counter += 50;
      stage.hear(puppet.pushes([]));
      for (const { exchange } of only('exchange', stage.pass(500))) {
        if (end === 'timeout') stage.step({ kind: 'unanswered', exchange, reason: 'timeout' });
        else stage.step({ kind: 'answered', exchange, envelope: stranger({ kind: 'refused', reason: 'no-cluster', detail: '' }) });
      }
    }
  }

  test('is named after several tries, with the port to open, until one comes about', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    stage.hear(puppet.hello());
    pass(stage, puppet, 2000, 'timeout');
    expect(blocked(stage)).toStrictEqual([]);
    pass(stage, puppet, 20_000, 'timeout');
    expect(blocked(stage)).toStrictEqual([TCP_1]);
    expect(stage.node.problems(at(stage.nowMs)).find(({ code }) => code === 'tcp-blocked')?.hint).toBe(
      'let TCP pass from this host to port 7946 of 10.0.0.1, there and in every firewall between; what is too large for a datagram goes by TCP',
    );
    pass(stage, puppet, 10_000, 'answer');
    expect(blocked(stage)).toStrictEqual([]);
  });

  test('is not named while it is not heard either', () => {
    const [stage, puppet] = [new Stage().enter(), new Puppet(1)];
    stage.hear(puppet.hello());
    pass(stage, puppet, 22_000, 'timeout');
    stage.pass(FAIL_MS - 1000);
    expect(blocked(stage)).toStrictEqual([]);
  });
});
