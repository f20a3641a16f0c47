// The census counts right: against what was noted independently of it in small worlds, and against sums made by hand.

import { describe, expect, test } from 'vitest';
import type { ExchangeAnswer, Receiver, Transport } from '../../src/agent/ports.ts';
import { address, type CoreEvent, type EventType, type Incarnation, type NodeId } from '../../src/core/index.ts';
import { mean, percentile } from '../../src/sim/census/figures.ts';
import { Health } from '../../src/sim/census/health.ts';
import { Meter } from '../../src/sim/census/meter.ts';
import { OpinionCount } from '../../src/sim/census/opinions.ts';
import { Subject } from '../../src/sim/census/sightings.ts';
import { Trial } from '../../src/sim/tables/index.ts';
import { idOf } from '../support/members.ts';

const PEER = address('10.0.0.9:7946');

function event(type: Extract<EventType, `member-${string}`>, id: NodeId, incarnation = 1): CoreEvent {
  return { type, member: 'n', id, incarnation: incarnation as Incarnation, address: PEER, reason: '' };
}

describe('what a census says of a small world', () => {
  test('of a crash: the last survivor’s instant, as everyone’s events tell it, and one view', () => {
    const trial = new Trial(3, 9);
    const survivors = new Set<string>();
    let lastFailedMs = 0;
    trial.world.expectOfEvents('noted', (host, told) => {
      if (told.type !== 'member-failed') return true;
      survivors.add(host.name);
      lastFailedMs = trial.world.nowMs;
      return true;
    });
    trial.stand();
    trial.measureFrom(12_000);
    trial.crash(14_321, [8]);
    trial.endAt(30_000);
    const { failedMs, suspectedMs, opinions, views, violations } = trial.play();
    expect(violations).toEqual([]);
    expect(survivors.size).toBe(8);
    expect(failedMs).toEqual([lastFailedMs - 14_321]);
    expect(suspectedMs[0]).toBeLessThanOrEqual(failedMs[0]!);
    expect(opinions).toMatchObject({ verdicts: 1, wrongVerdicts: 0, wrongSuspicions: 0 });
    expect(views).toEqual([1]);
  });

  test('of traffic: every datagram that left a host, with its headers, and nothing else', () => {
    const trial = new Trial(4, 6);
    trial.stand();
    // After the start nobody needs a stream.
    trial.measureFrom(15_000);
    trial.at(15_000, () => trial.world.links.capture(1_000_000, 1));
    trial.endAt(25_000);
    const { bytes, packets } = trial.play();
    const seconds = (trial.world.nowMs - 15_000) / 1000;
    for (const [index, { address: from }] of trial.world.hosts.entries()) {
      const sent = trial.world.links.captured.filter((one) => one.from === from);
      expect(packets[index]).toBeCloseTo(sent.length / seconds, 6);
      expect(bytes[index]).toBeCloseTo(sent.reduce((sum, one) => sum + one.bytes.length + 28, 0) / seconds, 6);
      expect(sent.length).toBeGreaterThan(30);
    }
  });

  test('a standing cluster is one: everybody shows everybody and is quorate, and no list is at odds with itself', () => {
    const trial = new Trial(5, 40);
    trial.stand();
    trial.endAt(12_000);
    expect(trial.play().violations).toEqual([]);
    for (const { process, clock } of trial.world.hosts) {
      expect(process?.node.counts(clock.nowMs())).toEqual({ alive: 40, suspect: 0, failed: 0, left: 0, stopped: 0 });
      expect(process?.node.isQuorate(clock.nowMs(), clock.bootMs())).toBe(true);
      process?.node.checkInvariants();
    }
  });

  test('those chosen to be harmed never include a majority of the voters', () => {
    for (let seed = 0; seed < 50; seed++) {
      const trial = new Trial(seed, 12);
      const chosen = trial.some(8);
      expect(chosen).toHaveLength(8);
      expect(chosen.filter((index) => index < trial.voterCount).length).toBeLessThanOrEqual(3);
      expect([...chosen, ...trial.others(chosen)].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    }
  });
});

describe('when a subject is shown by all', () => {
  test('the last observer counts, from the beginning on', () => {
    const subject = new Subject(1000, [0, 2], 3);
    subject.told(0, 'member-suspect', 1500);
    subject.told(1, 'member-suspect', 9000);
    expect(subject.lastMs('suspected')).toBeNull();
    subject.told(2, 'member-suspect', 1700);
    expect(subject.lastMs('suspected')).toBe(700);
    expect(subject.lastMs('failed')).toBeNull();
  });

  test('a suspicion that was taken back does not count, a verdict counts as one, and a repetition changes nothing', () => {
    const subject = new Subject(0, [0], 1);
    subject.told(0, 'member-suspect', 100);
    subject.told(0, 'member-alive', 200);
    expect(subject.lastMs('suspected')).toBeNull();
    subject.told(0, 'member-failed', 300);
    subject.told(0, 'member-failed', 400);
    expect([subject.lastMs('suspected'), subject.lastMs('failed')]).toEqual([300, 300]);
  });
});

describe('who is thought ill of', () => {
  const isHealthy = (id: NodeId): boolean => id === idOf(1);

  test('suspicions count for each observer, and are wrong about the healthy', () => {
    const opinions = new OpinionCount();
    opinions.told(event('member-suspect', idOf(0)), isHealthy, () => true);
    opinions.told(event('member-suspect', idOf(1)), isHealthy, () => true);
    opinions.told(event('member-suspect', idOf(1)), isHealthy, () => false);
    expect(opinions.counts).toEqual({
      suspicions: 3,
      wrongSuspicions: 2,
      wrongByHealthy: 1,
      wronged: 1,
      verdicts: 0,
      wrongVerdicts: 0,
    });
  });

  test('a verdict counts once a life, whoever tells it', () => {
    const opinions = new OpinionCount();
    for (const incarnation of [5, 5, 4, 6]) opinions.told(event('member-failed', idOf(1), incarnation), isHealthy, () => true);
    opinions.told(event('member-failed', idOf(0)), isHealthy, () => true);
    expect(opinions.counts).toMatchObject({ verdicts: 3, wrongVerdicts: 2 });
  });

  test('who was ill is excused for a while, and as long as one of its ills goes on', () => {
    const health = new Health(9000);
    expect(health.isHealthy(3, 0)).toBe(true);
    health.fallIll(3);
    health.fallIll(3);
    health.recover(3, 1000);
    expect(health.isHealthy(3, 60_000)).toBe(false);
    health.recover(3, 60_000);
    expect([health.isHealthy(3, 69_000), health.isHealthy(3, 69_001)]).toEqual([false, true]);
  });
});

describe('what a host sends', () => {
  test('an exchange costs both sides a connection, its contents and acknowledgements', () => {
    const meter = new Meter();
    let listening: Receiver | null = null;
    let finish: (answer: ExchangeAnswer) => void = () => {};
    const wire: Transport = {
      send: () => {},
      exchange: (_to, bytes, _timeoutMs, done) => {
        finish = done;
        listening?.asked(PEER, bytes, (answer) => finish({ kind: 'answer', bytes: answer }));
      },
      listen: (receiver) => {
        listening = receiver;
      },
      close: () => {},
    };
    meter.metered(80, wire).listen({ datagram: () => {}, asked: (_from, _bytes, answer) => answer(new Uint8Array(100)) });
    meter.metered(1, wire).exchange(PEER, new Uint8Array(3000), 1000, () => {});
    // 3 + 3 segments + 1 acknowledgement; 3 + 2 acknowledgements + 1 segment.
    expect(meter.of(1)).toEqual({ packets: 7, bytes: 7 * 52 + 3000 });
    expect(meter.of(80)).toEqual({ packets: 6, bytes: 6 * 52 + 100 });
    meter.reset();
    meter.metered(1, wire).send(PEER, new Uint8Array(72));
    expect(meter.of(1)).toEqual({ packets: 1, bytes: 100 });
  });
});

describe('shares', () => {
  test('a percentile is one of the values, and what never came to pass lies above all', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(percentile([4, 1, 3, 2], 0.99)).toBe(4);
    expect(percentile([1, null], 0.5)).toBe(1);
    expect(percentile([1, null], 0.99)).toBe(Number.POSITIVE_INFINITY);
    expect(percentile([], 0.5)).toBeNaN();
    expect(mean([1, 2, 6])).toBe(3);
  });
});
