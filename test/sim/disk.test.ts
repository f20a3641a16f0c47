// The simulated state directory: what survives a crash at which moment.

import { describe, expect, test } from 'vitest';
import { clusterId, type DurableState, incarnation, nodeId, Random, runNonce } from '../../src/core/index.ts';
import { Disk } from '../../src/sim/disk.ts';
import { Scheduler } from '../../src/sim/scheduler.ts';

const HEX = '0123456789abcdef0123456789abcdef';

function aState(lives: number): DurableState {
  return {
    id: nodeId(HEX),
    storeId: HEX,
    clusterName: 'sim',
    clusterId: clusterId(HEX),
    profile: 'lan',
    incarnation: incarnation(lives),
    bornIncarnation: incarnation(1),
    isClean: false,
    writeCount: lives,
    nonce: runNonce(HEX),
    record: null,
    acceptor: null,
    vote: null,
    fence: null,
  };
}

function aDisk(seed = 1) {
  const scheduler = new Scheduler();
  return { scheduler, disk: new Disk(scheduler, new Random(seed)) };
}

describe('a simulated disk', () => {
  test('what was reported as saved is durable', () => {
    const { scheduler, disk } = aDisk();
    const reports: (string | null)[] = [];
    disk.save(aState(1), (problem) => {
      reports.push(problem);
      expect(disk.durable?.incarnation).toBe(1);
    });
    expect(disk.durable).toBeNull();
    scheduler.runUntil(1000);
    expect(reports).toEqual([null]);
  });

  test('saves happen one at a time, in order', () => {
    const { scheduler, disk } = aDisk();
    const reported: number[] = [];
    for (const lives of [1, 2, 3]) disk.save(aState(lives), () => reported.push(lives));
    scheduler.runUntil(1000);
    expect(reported).toEqual([1, 2, 3]);
    expect(disk.durable?.incarnation).toBe(3);
  });

  test('a crash leaves the old state or the new one, reports neither, and both happen', () => {
    const left = new Set<number | null>();
    for (let seed = 0; seed < 50; seed++) {
      const { scheduler, disk } = aDisk(seed);
      disk.save(aState(1), () => expect(scheduler.nowMs).toBeLessThan(7));
      scheduler.schedule(7, () => disk.crash());
      scheduler.runUntil(1000);
      left.add(disk.durable?.incarnation ?? null);
    }
    expect(left).toEqual(new Set([null, 1]));
  });

  test('a read-only disk says so and changes nothing', () => {
    const { scheduler, disk } = aDisk();
    disk.health = 'read-only';
    const reports: (string | null)[] = [];
    disk.save(aState(1), (problem) => reports.push(problem));
    scheduler.runUntil(1000);
    expect(reports).toEqual(['EROFS: read-only file system']);
    expect(disk.durable).toBeNull();
  });

  test('a wiped disk is empty, and a save under way does not fill it', () => {
    const { scheduler, disk } = aDisk();
    disk.save(aState(1), () => {});
    scheduler.runUntil(1000);
    disk.save(aState(2), () => expect.unreachable());
    disk.wipe();
    scheduler.runUntil(2000);
    expect(disk.durable).toBeNull();
  });
});
