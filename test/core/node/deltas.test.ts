// How a change of the record reaches everybody (R2): by deltas, and whole over a stream only where these did not come.

import { expect, test } from 'vitest';
import { Codec } from '../../../src/wire/index.ts';
import { SmallTown } from '../../support/small-town.ts';

const MEMBERS = 20;

/** Counts who asks for the whole record. */
function counting(town: SmallTown): { asked: number } {
  const codec = new Codec();
  const count = { asked: 0 };
  const { network } = town;
  const exchange = network.exchange.bind(network);
  network.exchange = (from, to, bytes, timeoutMs, done) => {
    const decoded = codec.decode(bytes);
    if (decoded.kind === 'message' && decoded.envelope.message.kind === 'ask-record') count.asked += 1;
    exchange(from, to, bytes, timeoutMs, done);
  };
  return count;
}

test('who is told a change asks nobody for it', () => {
  const town = new SmallTown();
  const all = town.settleAll(MEMBERS);
  town.pass(30_000);
  const count = counting(town);
  for (const name of ['n2', 'n3', 'n4']) {
    const version = all[0]!.node.record!.version;
    all[0]!.command({ kind: 'voters', remove: name });
    town.pass(15_000);
    const versions = new Set(all.map(({ node }) => node.record?.version));
    expect([versions.size, Math.max(...[...versions].map(Number)) > version]).toStrictEqual([1, true]);
  }
  // A beat may come before the deltas do.
  expect(count.asked).toBeLessThan(MEMBERS / 4);
});

test('who missed more than a datagram holds asks for the whole', () => {
  const town = new SmallTown();
  const all = town.settleAll(5);
  town.pass(20_000);
  const lost = all[4]!;
  town.cut([lost], all.slice(0, 4));
  for (const command of [{ remove: 'n3' }, { add: 'n3' }, { remove: 'n4' }, { add: 'n4' }]) {
    town.pass(15_000);
    all[0]!.command({ kind: 'voters', ...command });
  }
  town.pass(15_000);
  const version = all[0]!.node.record!.version;
  expect(version - lost.node.record!.version).toBeGreaterThan(4);
  const count = counting(town);
  town.heal();
  town.pass(10_000);
  expect(lost.node.record!.version).toBeGreaterThanOrEqual(version);
  expect(count.asked).toBeGreaterThan(0);
});
