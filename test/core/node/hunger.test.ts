// What is asked of others for want of acks, and how often (L1): nothing, one hop, any way.

import { describe, expect, test } from 'vitest';
import { type Address, at, PROFILES } from '../../../src/core/index.ts';
import { Hunger, type Plea } from '../../../src/core/node/hunger.ts';

const { lan, wan } = PROFILES;
const { heartbeatMs, fenceMs } = lan;
const RETRY_MS = heartbeatMs / 4;
const PATIENCE_MS = 2 * heartbeatMs + 3 * RETRY_MS;
/** As often as retries may come. */
const STEP_MS = 25;
const NEVER_ACKED = Number.POSITIVE_INFINITY;

/** From `fromMs` on, what is asked when something is sent every 25 ms while a majority stands behind what was sent at `stampMs`. */
function pleas(hunger: Hunger, stampMs: number | null, fromMs: number, untilMs: number): { readonly atMs: number; readonly plea: Plea }[] {
  const asked: { atMs: number; plea: Plea }[] = [];
  for (let ms = fromMs; ms < untilMs; ms += STEP_MS) {
    const plea = hunger.plea(stampMs === null ? NEVER_ACKED : ms - stampMs, PATIENCE_MS, at(ms));
    if (plea !== 'none') asked.push({ atMs: ms, plea });
  }
  return asked;
}

function gaps(asked: readonly { readonly atMs: number }[]): number[] {
  return asked.slice(1).map(({ atMs }, i) => (atMs - asked[i]!.atMs) / heartbeatMs);
}

/** Without an answer since `stampMs`, for three lengths of a lease. */
function starved(hunger: Hunger, stampMs: number): { readonly atMs: number; readonly plea: Plea }[] {
  return pleas(hunger, stampMs, stampMs, stampMs + 4 * fenceMs);
}

describe('who lacks acks', () => {
  test('asks for nothing while retries by themselves may bring them', () => {
    expect(pleas(new Hunger(lan), 0, 0, PATIENCE_MS + 1)).toStrictEqual([]);
  });

  test('then asks for one hop, once a heartbeat, for as long as a lease', () => {
    const asked = pleas(new Hunger(lan), 0, 0, fenceMs + 1);
    expect(asked[0]).toStrictEqual({ atMs: PATIENCE_MS + STEP_MS, plea: 'short' });
    expect(asked.every(({ plea }) => plea === 'short')).toBe(true);
    // A little less than one, because beats come with jitter.
    for (const gap of gaps(asked)) expect(gap).toBeCloseTo(0.9, 5);
  });

  test('then for any way, after one heartbeat, two, and four each', () => {
    const lost = starved(new Hunger(lan), 0).filter(({ plea }) => plea === 'lost');
    expect(lost[0]!.atMs).toBeGreaterThan(fenceMs);
    expect(gaps(lost).map((gap) => Math.round(gap / 0.9))).toStrictEqual([1, 2, 4, 4, 4, 4]);
  });

  test('and who never had any counts from what it sent first', () => {
    const asked = pleas(new Hunger(lan), null, 10_000, 10_000 + 2 * fenceMs);
    expect(asked[0]).toStrictEqual({ atMs: 10_000 + PATIENCE_MS + STEP_MS, plea: 'short' });
    expect(asked.find(({ plea }) => plea === 'lost')!.atMs).toBeGreaterThan(10_000 + fenceMs);
  });

  test('by the timings of its cluster', () => {
    const hunger = new Hunger(lan);
    hunger.retime(wan);
    // A cry helps once a heartbeat of that cluster.
    const asked = pleas(hunger, 0, 0, 5 * wan.heartbeatMs);
    for (const [i, { atMs }] of asked.entries()) if (i > 0) expect(atMs - asked[i - 1]!.atMs).toBeGreaterThanOrEqual(0.9 * wan.heartbeatMs);
    expect(asked.length).toBeGreaterThan(1);
  });
});

describe('who was answered', () => {
  test('asks for nothing, and begins with one hop when acks are lacking again', () => {
    const hunger = new Hunger(lan);
    const last = starved(hunger, 0).at(-1)!;
    // Of something that was sent between two cries.
    const fedMs = last.atMs + 200;
    const asked = starved(hunger, fedMs);
    expect(asked[0]).toStrictEqual({ atMs: fedMs + PATIENCE_MS + STEP_MS, plea: 'short' });
    expect(gaps(asked)[0]).toBeCloseTo(0.9, 5);
  });

  test('because of a cry for any way asks for that again at once, once a heartbeat, while it helps', () => {
    const hunger = new Hunger(lan);
    let stampMs = starved(hunger, 0).at(-1)!.atMs;
    for (let i = 0; i < 10; i++) {
      const [next, ...more] = pleas(hunger, stampMs, stampMs + STEP_MS, stampMs + PATIENCE_MS + heartbeatMs);
      expect([next?.plea, more.length]).toStrictEqual(['lost', 1]);
      expect(next!.atMs - stampMs).toBeLessThan(fenceMs / 2);
      stampMs = next!.atMs;
    }
  });

  test('knows the cry by its age, which two clocks do not give exactly', () => {
    const hunger = new Hunger(lan);
    const cryMs = starved(hunger, 0).at(-1)!.atMs;
    expect(pleas(hunger, cryMs - 15, cryMs + STEP_MS, cryMs + 2 * PATIENCE_MS)[0]?.plea).toBe('lost');
    const other = new Hunger(lan);
    starved(other, 0);
    expect(pleas(other, cryMs - 25, cryMs + STEP_MS, cryMs + 2 * PATIENCE_MS)[0]?.plea).toBe('short');
  });

  test('is in no less of a hurry when the answer is an old one', () => {
    const hunger = new Hunger(lan);
    const cryMs = starved(hunger, 0).at(-1)!.atMs;
    const asked = pleas(hunger, cryMs, cryMs + 4 * heartbeatMs, cryMs + fenceMs);
    expect(asked.map(({ plea }) => plea)).toStrictEqual(['lost', 'lost', 'lost']);
    for (const gap of gaps(asked)) expect(gap).toBeCloseTo(0.9, 5);
  });

  test('and for two lengths of a lease without such an answer begins with one hop once more', () => {
    const hunger = new Hunger(lan);
    const cryMs = starved(hunger, 0).at(-1)!.atMs;
    expect(pleas(hunger, cryMs, cryMs + STEP_MS, cryMs + 2 * heartbeatMs + PATIENCE_MS)[0]?.plea).toBe('lost');
    // Fed by direct answers from then on.
    for (let ms = cryMs + 4000; ms < cryMs + 4000 + 3 * fenceMs; ms += heartbeatMs) hunger.plea(133, PATIENCE_MS, at(ms));
    const fedMs = cryMs + 4000 + 3 * fenceMs;
    expect(pleas(hunger, fedMs, fedMs, fedMs + fenceMs)[0]?.plea).toBe('short');
  });
});

test('who brought an ack last is known', () => {
  const hunger = new Hunger(lan);
  expect(hunger.bearer).toBeNull();
  hunger.broughtBy('10.0.0.2:7946' as Address);
  hunger.broughtBy('10.0.0.3:7946' as Address);
  expect(hunger.bearer).toBe('10.0.0.3:7946');
});
