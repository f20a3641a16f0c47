// The store on a disk that fails or stops at every call, and under kill -9.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPeers } from '../../src/agent/peers-file.ts';
import { encodeState, loadState, STATE_FILE } from '../../src/agent/state-file.ts';
import { FileStore } from '../../src/agent/store.ts';
import { address, type DurableState } from '../../src/core/index.ts';
import { bundleChild, ended, startChild } from '../support/child.ts';
import { durableState } from '../support/durable-state.ts';
import { FragileDisk, type Trouble } from '../support/fragile-disk.ts';
import { temporaryDir } from '../support/temporary.ts';

const older = durableState({ writeCount: 1 });
const newer = durableState({ writeCount: 2 });

/** What one save made of the disk: `problem` is undefined when the store never answered. */
async function saveOn(disk: FragileDisk): Promise<string | null | undefined> {
  let answer: string | null | undefined;
  const isAnswered = new Promise<void>((resolve) => {
    new FileStore('/d', true, disk).save(newer, (problem) => {
      answer = problem;
      resolve();
    });
  });
  // A stopped disk never answers. Everything else here takes a few microtasks and one immediate.
  await Promise.race([isAnswered, turns(50)]);
  return answer;
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}

function writeCountsAfterCrash(disk: FragileDisk): (number | 'empty')[] {
  return disk.survivors().map((files) => {
    const dir = temporaryDir();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    const loaded = loadState(dir);
    return loaded.kind === 'empty' ? 'empty' : loaded.state.writeCount;
  });
}

describe('a state write', () => {
  const callsOfOneSave = 8;

  test('is open, write, fsync, close, rename, and open, fsync, close of the directory', async () => {
    const disk = new FragileDisk({ [STATE_FILE]: encodeState(older) });
    expect(await saveOn(disk)).toBeNull();
    expect(disk.callCount).toBe(callsOfOneSave);
    expect(writeCountsAfterCrash(disk)).toEqual([2]);
  });

  const points = Array.from({ length: callsOfOneSave }, (_, call) => call);
  const troubles: Trouble[] = ['stop', 'EIO', 'ENOSPC'];
  test.each(troubles.flatMap((trouble) => points.map((call) => [trouble, call] as const)))(
    'that meets %s at call %i leaves the old state or the new one, and is not called durable',
    async (trouble, call) => {
      const disk = new FragileDisk({ [STATE_FILE]: encodeState(older) }, trouble, call);
      const answer = await saveOn(disk);
      expect(answer).not.toBeNull();
      if (trouble !== 'stop') expect(answer).toContain(`writing the state file /d/${STATE_FILE} failed: `);
      for (const writeCount of writeCountsAfterCrash(disk)) expect([1, 2]).toContain(writeCount);
    },
  );

  test.each(points)('that is the first of all and stops at call %i leaves nothing or the state', async (call) => {
    const disk = new FragileDisk({}, 'stop', call);
    await saveOn(disk);
    for (const found of writeCountsAfterCrash(disk)) expect(['empty', 2]).toContain(found);
  });

  test('that fails is the last that is believed', async () => {
    const disk = new FragileDisk({ [STATE_FILE]: encodeState(older) }, 'EIO', 2);
    const store = new FileStore('/d', true, disk);
    const answers: (string | null)[] = [];
    store.save(newer, (problem) => answers.push(problem));
    store.save(newer, (problem) => answers.push(problem));
    await store.idle();
    expect(answers).toEqual([answers[0], answers[0]]);
    expect(answers[0]).toContain('input/output error (EIO)');
    expect(disk.callCount).toBe(4);
  });
});

describe('the store', () => {
  test('saves one at a time and in order, and answers never before the call returns', async () => {
    const dir = temporaryDir();
    const store = new FileStore(dir, false);
    const answers: number[] = [];
    const states: DurableState[] = [1, 2, 3, 4].map((writeCount) => durableState({ writeCount }));
    for (const state of states) {
      store.save(state, (problem) => {
        expect(problem).toBeNull();
        expect(loadState(dir)).toEqual({ kind: 'state', state, bootId: null });
        answers.push(state.writeCount);
      });
    }
    expect(answers).toEqual([]);
    await store.idle();
    expect(answers).toEqual([1, 2, 3, 4]);
  });

  test('keeps the state whole through kill -9 at any moment, and never behind what it called durable', { timeout: 60_000 }, async () => {
    const dir = temporaryDir();
    const file = await bundleChild('save', temporaryDir());
    let durable = 0;
    for (let round = 0; round < 12; round++) {
      const child = startChild(file, [dir, String(durable)], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        // A different moment each round: after the third save, the fourth, …
        if (said.split('\n').length > 3 + round) child.kill('SIGKILL');
      });
      const isClosed = new Promise((resolve) => child.once('close', resolve));
      expect(await ended(child)).toBe('SIGKILL');
      await isClosed;
      const acknowledged = Number(said.trimEnd().split('\n').at(-1));
      const loaded = loadState(dir);
      if (loaded.kind === 'empty') throw new Error('a state that was durable is gone');
      expect(loaded.state.incarnation).toBeGreaterThanOrEqual(acknowledged);
      durable = loaded.state.incarnation;
    }
  });
});

describe('the list of known peers', () => {
  const a = address('10.0.0.1:7946');
  const b = address('[fd00::1]:7946');

  test('comes back after a restart', async () => {
    const dir = temporaryDir();
    const store = new FileStore(dir, true);
    store.rememberPeers([a, b, a]);
    await store.idle();
    expect(loadPeers(dir)).toEqual({ addresses: [a, b], warning: null });
  });

  test('holds at most 64, and of many changes at once the newest', async () => {
    const dir = temporaryDir();
    const store = new FileStore(dir, true);
    for (let round = 0; round < 5; round++) {
      store.rememberPeers(Array.from({ length: 100 }, (_, i) => address(`10.0.${round}.${i}:7946`)));
    }
    await store.idle();
    const { addresses } = loadPeers(dir);
    expect(addresses).toHaveLength(64);
    expect(addresses[0]).toBe('10.0.4.0:7946');
  });

  test('is not written before there is a state, and then is', async () => {
    const dir = temporaryDir();
    const store = new FileStore(dir, false);
    store.rememberPeers([a]);
    await store.idle();
    expect(loadState(dir)).toEqual({ kind: 'empty' });
    store.save(newer, () => {});
    await store.idle();
    expect(loadPeers(dir).addresses).toEqual([a]);
  });

  test.each(['', 'garbage', '{"peers":["10.0.0.1:7946","not an address"]}', '{"peers":[7]}', '{"peers":{}}', '\0\0\0'])(
    'is ignored with a warning when it is %j',
    (text) => {
      const dir = temporaryDir();
      writeFileSync(join(dir, 'peers.json'), text);
      expect(loadPeers(dir)).toEqual({ addresses: [], warning: expect.stringContaining(join(dir, 'peers.json')) });
      expect(readFileSync(join(dir, 'peers.json'), 'utf8')).toBe(text);
    },
  );

  test('that cannot be written costs nothing', async () => {
    const store = new FileStore('/proc/nowhere', true);
    store.rememberPeers([a]);
    await store.idle();
  });
});
