// The voters grow in a cluster at rest: nothing is lost, nobody is silent, so nobody cries for help and nobody is suspected.

import { expect, test } from 'vitest';
import { said } from '../../support/said.ts';
import { SmallTown } from '../../support/small-town.ts';

test('a voter more is no reason to ask others for a way, nor to suspect anybody', () => {
  const town = new SmallTown();
  const first = town.settle({ name: 'n1' });
  for (let i = 2; i <= 24; i++) town.settle({ name: `n${i}`, cluster: null, seeds: [first.address] });
  town.pass(5000);
  town.chronicle.length = 0;
  town.isCapturing = true;
  town.pass(45_000);
  let cries = 0;
  for (const { bytes } of town.captured) {
    for (const { message } of said(bytes)) if (message.kind === 'relayed' || (message.kind === 'beat' && message.isShort)) cries += 1;
  }
  expect(first.node.record?.voters.length).toBe(7);
  expect(cries).toBe(0);
  expect(town.chronicle.filter(({ what }) => what.startsWith('member-suspect'))).toStrictEqual([]);
});
