// Faults of directed pairs: what is lost, late, doubled, and that healing one fault leaves the others.

import { describe, expect, test } from 'vitest';
import { address, Random } from '../../src/core/index.ts';
import { hostMask, LAN_LATENCY, type LinkFault, LinkPolicy } from '../../src/sim/network.ts';

const A = address('10.0.0.0:7946');
const B = address('10.0.0.1:7946');
const C = address('10.0.0.2:7946');

function threeHosts(): LinkPolicy {
  const links = new LinkPolicy(new Random(7), LAN_LATENCY);
  for (const [index, where] of [A, B, C].entries()) links.place(where, index);
  return links;
}

function fault(from: number[], to: number[], what: Partial<LinkFault>): LinkFault {
  return { from: hostMask(from, 3), to: hostMask(to, 3), spares: 'nothing', loss: 0, delayMsMax: 0, duplication: 0, ...what };
}

describe('the links between simulated hosts', () => {
  test('a healthy network delivers each datagram once, soon, and not always in order', () => {
    const delays = Array.from({ length: 100 }, () => [...threeHosts().datagram(A, B)]).flat();
    expect(delays).toHaveLength(100);
    const links = threeHosts();
    const inOneWorld = Array.from({ length: 100 }, () => links.datagram(A, B)[0]!);
    expect(Math.max(...inOneWorld)).toBeLessThan(LAN_LATENCY.toMs);
    expect(new Set(inOneWorld).size).toBeGreaterThan(90);
  });

  test('a one-way cut loses that direction only', () => {
    const links = threeHosts();
    links.add(fault([0], [1], { loss: 1 }));
    expect(links.datagram(A, B)).toEqual([]);
    expect(links.datagram(B, A)).toHaveLength(1);
    expect(links.datagram(A, C)).toHaveLength(1);
  });

  test('a connection needs both directions', () => {
    const links = threeHosts();
    links.add(fault([0], [1], { loss: 1 }));
    expect(links.exchange(A, B)).toBeNull();
    expect(links.exchange(B, A)).toBeNull();
    expect(links.exchange(A, C)).not.toBeNull();
  });

  test('a firewall stops one kind of packet and spares the other', () => {
    for (const spares of ['datagrams', 'streams'] as const) {
      const links = threeHosts();
      links.add(fault([0], [1], { loss: 1, spares }));
      expect(links.datagram(A, B)).toHaveLength(spares === 'datagrams' ? 1 : 0);
      expect(links.exchange(A, B) === null).toBe(spares === 'datagrams');
    }
  });

  test('healing one of two overlapping cuts leaves the other', () => {
    const links = threeHosts();
    const first = fault([0], [1, 2], { loss: 1 });
    const second = fault([0], [1], { loss: 1 });
    links.add(first);
    links.add(second);
    links.heal(first);
    expect(links.isCut(0, 1)).toBe(true);
    expect(links.isCut(0, 2)).toBe(false);
    links.heal(second);
    expect(links.isCut(0, 1)).toBe(false);
  });

  test('loss, delay and duplication come as often and as long as asked', () => {
    const links = threeHosts();
    links.add(fault([0], [1], { loss: 0.3, delayMsMax: 20_000, duplication: 0.5 }));
    let lost = 0;
    let doubled = 0;
    let latestMs = 0;
    for (let i = 0; i < 10_000; i++) {
      const delays = links.datagram(A, B);
      if (delays.length === 0) lost += 1;
      if (delays.length === 2) doubled += 1;
      latestMs = Math.max(latestMs, delays[0] ?? 0);
    }
    expect(lost / 10_000).toBeCloseTo(0.3, 1);
    expect(doubled / (10_000 - lost)).toBeCloseTo(0.5, 1);
    expect(latestMs).toBeGreaterThan(19_000);
    expect(latestMs).toBeLessThan(20_002);
  });

  test.each([
    [0.05, 4],
    [0.3, 4],
    [0.2, 16],
  ])('bursts lose the share asked (%d), in runs of the mean length asked (%d), on the uplink of each sender by itself', (loss, packets) => {
    const links = threeHosts();
    links.add(fault([0, 1], [1, 2], { loss, burstPackets: packets }));
    const count = 200_000;
    let lost = 0;
    let bursts = 0;
    let wasLost = false;
    let lostOfOther = 0;
    let lostTogether = 0;
    for (let i = 0; i < count; i++) {
      const isLost = links.datagram(A, i % 2 === 0 ? B : C).length === 0;
      const isOtherLost = links.datagram(B, C).length === 0;
      if (isLost) lost += 1;
      if (isLost && !wasLost) bursts += 1;
      if (isOtherLost) lostOfOther += 1;
      if (isLost && isOtherLost) lostTogether += 1;
      wasLost = isLost;
    }
    expect(Math.abs(lost / count - loss)).toBeLessThan(0.1 * loss);
    expect(Math.abs(lost / bursts - packets)).toBeLessThan(0.1 * packets);
    expect(Math.abs(lostTogether / lostOfOther - loss)).toBeLessThan(0.3 * loss);
    expect(links.datagram(C, A)).toHaveLength(1);
  });

  test('what was captured stays what it was, though its sender writes the next packet into the same buffer', () => {
    const links = threeHosts();
    links.capture(4, 1);
    const buffer = Buffer.from([1, 2, 3]);
    links.datagram(A, B, buffer);
    buffer.fill(9);
    links.datagram(A, C, buffer);
    expect(links.captured.map(({ to, bytes }) => [to, ...bytes])).toEqual([
      [B, 1, 2, 3],
      [C, 9, 9, 9],
    ]);
  });

  test('changes are counted, and links are whole when nothing is wrong with any', () => {
    const links = threeHosts();
    const cut = fault([0], [1], { loss: 1 });
    expect([links.isWhole, links.changeCount]).toEqual([true, 0]);
    links.add(cut);
    expect([links.isWhole, links.changeCount]).toEqual([false, 1]);
    links.heal(cut);
    expect([links.isWhole, links.changeCount]).toEqual([true, 2]);
  });
});
