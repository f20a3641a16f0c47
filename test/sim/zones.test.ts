// A cluster in zones, with all checkers: news reaches everyone in time, also when every delegate of a zone has just crashed, and a zone
// that was cut off is taken back whole.

import { expect, test } from 'vitest';
import { PROFILES } from '../../src/core/index.ts';
import { DELEGATES, ZONED_ABOVE } from '../../src/core/node/zone-peers.ts';
import type { Host } from '../../src/sim/host.ts';
import type { Stage } from '../../src/sim/scenes/index.ts';
import { largeWorld, VOTERS } from '../support/large-world.ts';

const { heartbeatMs } = PROFILES.lan;
const NODES = ZONED_ABOVE + 16;
const NEWS_MS = 25_000;
const CRASH_MS = 34_000;
const CUT_MS = 48_000;
const HEALED_MS = 56_000;
const UNTIL_MS = 80_000;
const LOOK_EVERY_MS = 25;

function zoneOf(index: number): string {
  if (index === VOTERS) return 'alone';
  return index === VOTERS + 1 || index === VOTERS + 2 ? 'pair' : `zone ${index % 6}`;
}

/** Tells after how many heartbeats the last of those that run knew of a member's new tag. */
function news(stage: Stage, teller: Host, took: (rounds: number) => void): void {
  const { world } = stage;
  const fromMs = world.nowMs;
  teller.process?.command({ kind: 'set-tags', tags: [['news', `${fromMs}`]] }, () => {});
  let left = world.hosts;
  const look = (): void => {
    left = left.filter(({ process, clock }) => {
      const shown = process?.node.member(teller.launch.name, clock.nowMs())?.tags[0]?.[1];
      return process !== null && shown !== `${fromMs}`;
    });
    if (left.length === 0) took((world.nowMs - fromMs) / heartbeatMs);
    else world.scheduler.schedule(LOOK_EVERY_MS, look);
  };
  look();
}

test('news takes some heartbeats, with all delegates of its zone or without; a zone cut off and healed is back', () => {
  const stage = largeWorld({ nodes: NODES, untilMs: UNTIL_MS, launch: (index) => ({ canVote: index < VOTERS, zone: zoneOf(index) }) });
  const { world } = stage;
  const { directory } = world;
  const took: number[] = [];
  const inZone = (zone: string): Host[] => world.hosts.filter(({ launch }) => launch.zone === zone);
  const rank = ({ identity }: Host): number => directory.rankOf(directory.slotOf(identity.id));

  stage.at(NEWS_MS, () => news(stage, inZone('zone 1').at(-1)!, (rounds) => took.push(rounds)));
  stage.at(CRASH_MS, () => {
    const [...ranked] = inZone('zone 2').sort((a, b) => rank(a) - rank(b));
    for (const host of ranked.slice(0, DELEGATES)) if (host.index >= VOTERS) host.crash();
    news(stage, ranked.at(-1)!, (rounds) => took.push(rounds));
  });
  const side = inZone('zone 5').map(({ index }) => index);
  const otherSide = world.hosts.map(({ index }) => index).filter((index) => !side.includes(index));
  stage.inflict(CUT_MS, HEALED_MS, { kind: 'partition', side, otherSide });
  stage.expectShown(HEALED_MS - 1, [0, 1, 40], side.slice(0, 4), 'failed');
  stage.calm(HEALED_MS);
  world.run(UNTIL_MS);
  expect(world.violation).toBeNull();
  expect(took).toHaveLength(2);
  expect(Math.max(...took)).toBeLessThan(16);
}, 240_000);
