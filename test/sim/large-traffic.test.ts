// What a member sends while nothing happens does not grow with the cluster: to the voters it beats, to the others it says a hash.

import { expect, test } from 'vitest';
import { largeWorld, VOTERS } from '../support/large-world.ts';

const SETTLED_MS = 25_000;
const MEASURED_MS = 17_000;

/** Bytes of datagrams a second of the mean member that does not vote. */
function steadyTraffic(nodes: number, zones: number): number {
  const stage = largeWorld({
    nodes,
    untilMs: SETTLED_MS + MEASURED_MS,
    launch: (index) => ({ canVote: index < VOTERS, zone: `zone ${index % zones}` }),
  });
  const { links, hosts } = stage.world;
  const voters = new Set(hosts.slice(0, VOTERS).map((host) => host.address));
  let bytes = 0;
  const { datagram } = links;
  links.datagram = (from, to, content) => {
    if (stage.world.nowMs >= SETTLED_MS && !voters.has(from)) bytes += content?.length ?? 0;
    return datagram.call(links, from, to, content);
  };
  stage.world.run(stage.untilMs);
  expect(stage.world.violation).toBeNull();
  return bytes / (nodes - VOTERS) / (MEASURED_MS / 1000);
}

test('a member of 280 in eight zones sends hardly more than one of 70', () => {
  const few = steadyTraffic(70, 1);
  expect(few).toBeGreaterThan(50);
  expect(few).toBeLessThan(200);
  // A delegate pushes twice.
  expect(steadyTraffic(280, 8) / few).toBeLessThan(1.15);
}, 120_000);
