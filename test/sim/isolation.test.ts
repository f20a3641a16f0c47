// L3 has teeth beyond what a broken core can show (scripts/mutants.mjs): made-up hosts behind a cut, one of which does what it must not.

import { describe, expect, test } from 'vitest';
import { PROFILES, Random } from '../../src/core/index.ts';
import type { CheckedWorld } from '../../src/sim/checkers/checker.ts';
import { Isolation } from '../../src/sim/checkers/isolation.ts';
import type { Host } from '../../src/sim/host.ts';
import { hostMask, LAN_LATENCY, LinkPolicy } from '../../src/sim/network.ts';

const { fenceMs, lagMs, stopMs } = PROFILES.lan;
const CUT_MS = 1000;
const NAMES = ['a', 'b', 'c'];

interface Made {
  readonly standing: string;
  readonly children: readonly string[];
  readonly leaseUntilMs: number;
  readonly isSuspended: boolean;
}

const OBEDIENT: Made = { standing: 'fenced', children: [], leaseUntilMs: CUT_MS + fenceMs, isSuspended: false };

/** Three voters; from CUT_MS on nothing that the first says is heard. What is said of it at `atMs`. */
function judge(made: Partial<Made>, atMs: number, then: 'cut still' | 'healed' | 'played back' = 'cut still'): string | null {
  const links = new LinkPolicy(new Random(1), LAN_LATENCY);
  const first = { ...OBEDIENT, ...made };
  const hosts = NAMES.map((name, index) => {
    const { standing, children, isSuspended } = index === 0 ? first : { ...OBEDIENT, standing: 'quorate' };
    const process = { node: { id: name, clusterId: 'cluster', record: { epoch: 1 }, standing } };
    return { index, name, process, children, isSuspended, isRunning: !isSuspended, isCopy: false, runningSinceMs: 0, clock: { rate: 1 } };
  });
  const checked = {
    nowMs: CUT_MS,
    hosts,
    links,
    identities: new Map(hosts.map((host) => [host.name, { host }])),
    leases: { of: (host: Host) => ({ untilMs: host.index === 0 ? first.leaseUntilMs : Number.NEGATIVE_INFINITY }) },
  };
  // As much of a world as this rule looks at.
  const rule = new Isolation(
    checked as unknown as CheckedWorld,
    { votersOf: (_, epoch) => (epoch === 1 ? NAMES : undefined) },
    PROFILES.lan,
  );
  const cut = { from: hostMask([0], 3), to: hostMask([1, 2], 3), loss: 1, delayMsMax: 0, duplication: 0, spares: 'nothing' } as const;
  links.add(cut);
  const at = rule.polled();
  if (then === 'healed') links.heal(cut);
  if (then === 'played back') links.replayedUntilMs = atMs;
  checked.nowMs = atMs;
  return at ?? rule.stepped(hosts[0] as unknown as Host, { kind: 'tick' }, []) ?? rule.polled();
}

describe('whoever is isolated', () => {
  const fencedMs = CUT_MS + fenceMs + lagMs + 50;
  const deadMs = fencedMs + stopMs;

  test('and does what it must is not complained of', () => {
    expect(judge({}, deadMs)).toBeNull();
  });

  test.each<[string, Partial<Made>, number, RegExp]>([
    ['has a lease beyond T_fence', { leaseUntilMs: CUT_MS + fenceMs + 100 }, CUT_MS + 500, /its lease ends 100\.0 ms after T_fence/],
    ['does not fence itself in time', { standing: 'quorate' }, fencedMs, /^a is isolated for \d+ ms, and has not fenced itself/],
    ['leaves its children running', { children: ['x'] }, deadMs, /^a is isolated for \d+ ms, and what it ran is not dead/],
  ])('and %s is caught', (_what, made, atMs, problem) => {
    expect(judge(made, atMs)).toMatch(problem);
  });

  test('may take its time until then', () => {
    expect(judge({ standing: 'quorate', children: ['x'] }, fencedMs - 200)).toBeNull();
    expect(judge({ children: ['x'] }, deadMs - 200)).toBeNull();
  });

  test('and is heard again is not isolated any more', () => {
    expect(judge({ standing: 'quorate', children: ['x'], leaseUntilMs: deadMs + fenceMs }, deadMs, 'healed')).toBeNull();
  });

  // Proof 1980: an ack that a cut had swallowed came two seconds later, from whoever had captured it.
  test('and is played what the network lost is not isolated meanwhile', () => {
    expect(judge({ leaseUntilMs: CUT_MS + fenceMs + 100 }, CUT_MS + 500, 'played back')).toBeNull();
  });

  test('while its machine sleeps runs nothing, whatever stands there', () => {
    expect(judge({ children: ['x'], isSuspended: true }, deadMs)).toBeNull();
  });
});
