// Who a run is, for each way to start on each kind of state.

import { describe, expect, test } from 'vitest';
import { SYSTEM_CHANCE } from '../../src/agent/chance.ts';
import { type Chance, decideIdentity, type Wishes } from '../../src/agent/identity.ts';
import { OperationalError } from '../../src/agent/operational-error.ts';
import type { LoadedState } from '../../src/agent/state-file.ts';
import { genesis } from '../../src/core/index.ts';
import { durableState } from '../support/durable-state.ts';

const empty: LoadedState = { kind: 'empty' };
const boot = 'b0000000-0000-4000-8000-000000000000';
const known: LoadedState = { kind: 'state', state: durableState(), bootId: boot };
const strayed: LoadedState = { kind: 'state', state: durableState({ clusterId: null }), bootId: boot };
const wishes: Wishes = {
  stateDir: '/state',
  start: { kind: 'join' },
  hasSeeds: true,
  clusterName: 'default',
  profile: 'lan',
  maxVoters: 7,
  expect: null,
};
const surroundings = { wallClockMs: 1_800_000_000_000.5, bootId: boot };

/** Draws 000…1, 000…2, … */
function counting(): Chance {
  let drawn = 0;
  return { hex32: () => (++drawn).toString(16).padStart(32, '0'), uint32: () => 42 };
}

function decided(part: Partial<Wishes>, loaded: LoadedState) {
  return decideIdentity({ ...wishes, ...part }, loaded, counting(), surroundings);
}

describe('a first start', () => {
  test('draws id and store id, and begins to live at the wall clock', () => {
    expect(decided({}, empty)).toEqual({
      identity: {
        id: '1'.padStart(32, '0'),
        storeId: '2'.padStart(32, '0'),
        nonce: '3'.padStart(32, '0'),
        incarnation: 1_800_000_000_000,
        bornIncarnation: 1_800_000_000_000,
        clusterName: 'default',
        clusterId: null,
        profile: 'lan',
        writeCount: 0,
        previous: null,
        record: null,
        acceptor: null,
        vote: null,
        lastFence: null,
        mustStaySilent: false,
        maxVoters: 7,
        expect: null,
        randomSeed: 42,
      },
      isCreation: false,
      overruled: [],
    });
  });

  test('makes a cluster with --init, and with --dev when there is no seed', () => {
    expect(decided({ start: { kind: 'init' }, hasSeeds: false }, empty).identity.clusterId).toBe('4'.padStart(32, '0'));
    expect(decided({ start: { kind: 'dev' }, hasSeeds: false }, empty).isCreation).toBe(true);
    expect(decided({ start: { kind: 'dev' }, hasSeeds: true }, empty).identity.clusterId).toBeNull();
  });

  test('with nothing that says what to do is refused with the line to type', () => {
    for (const loaded of [empty, strayed]) {
      const act = (): unknown => decided({ start: { kind: 'resume' }, hasSeeds: false }, loaded);
      expect(act).toThrow(OperationalError);
      expect(act).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringContaining('quorate agent --init') }));
    }
  });

  test('begins to live above zero even where the wall clock stands before 1970', () => {
    expect(decideIdentity(wishes, empty, counting(), { ...surroundings, wallClockMs: -5 }).identity.incarnation).toBe(1);
  });
});

describe('a later start', () => {
  test.each(['init', 'join', 'dev', 'resume'] as const)('with %s is the next life of the same id in the same cluster', (kind) => {
    const { identity, isCreation } = decided({ start: { kind }, hasSeeds: kind === 'join' }, known);
    const before = durableState();
    expect(identity).toMatchObject({ id: before.id, storeId: before.storeId, clusterId: before.clusterId, writeCount: before.writeCount });
    expect(identity.incarnation).toBe(before.incarnation + 1);
    expect(identity.bornIncarnation).toBe(before.bornIncarnation);
    expect(isCreation).toBe(false);
  });

  test('draws a nonce of its own', () => {
    const nonces = [1, 2].map(() => decideIdentity(wishes, known, SYSTEM_CHANCE, surroundings).identity.nonce);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('says which wishes the cluster overrules', () => {
    const { identity, overruled } = decided({ clusterName: 'other', profile: 'wan' }, known);
    expect(identity).toMatchObject({ clusterName: 'default', profile: 'lan' });
    expect(overruled).toEqual([
      { setting: 'cluster', sentence: expect.stringContaining('--cluster other') },
      { setting: 'profile', sentence: expect.stringContaining('--profile wan') },
    ]);
  });

  test('of a node that never got into a cluster may make one, or wish for another, under its id', () => {
    const { identity, isCreation } = decided({ start: { kind: 'init' }, hasSeeds: false, clusterName: 'other' }, strayed);
    expect(identity.id).toBe(durableState().id);
    expect(identity.incarnation).toBe(durableState().incarnation + 1);
    expect(identity.clusterName).toBe('other');
    expect(isCreation).toBe(true);
  });
});

describe('the record', () => {
  const record = genesis([{ id: durableState().id, storeId: durableState().storeId }], 'lan', 5, 600_000);

  test('of a new cluster has this node as its one voter', () => {
    const { identity } = decided({ start: { kind: 'init' }, hasSeeds: false, maxVoters: 3 }, empty);
    expect(identity.record).toMatchObject({ version: 1, epoch: 1, maxVoters: 3, leader: null });
    expect(identity.record?.voters).toEqual([{ id: identity.id, storeId: identity.storeId }]);
  });

  test('is none for who joins, and the known one for who comes back, with all that was promised', () => {
    expect(decided({}, empty).identity.record).toBeNull();
    const acceptor = { version: 2, promised: null, accepted: null };
    const state = durableState({ record, acceptor, vote: [durableState().id], fence: { reason: 'condemned', message: 'why' } });
    const { identity, overruled } = decided({ start: { kind: 'resume' } }, { kind: 'state', state, bootId: boot });
    expect(identity).toMatchObject({ record, acceptor, vote: state.vote, lastFence: state.fence });
    expect(overruled.map(({ setting }) => setting)).toEqual(['max-voters']);
  });

  test('a life names the one before it, clean or not', () => {
    const state = durableState({ isClean: true });
    const { identity } = decided({}, { kind: 'state', state, bootId: boot });
    expect(identity.previous).toEqual({ incarnation: state.incarnation, nonce: state.nonce, isClean: true });
  });
});

describe('silence after an unclean exit (R13)', () => {
  const silence = (part: Parameters<typeof durableState>[0], before: string | null, now: string | null): boolean => {
    const loaded: LoadedState = { kind: 'state', state: durableState(part), bootId: before };
    return decideIdentity(wishes, loaded, counting(), { ...surroundings, bootId: now }).identity.mustStaySilent;
  };

  test('is kept on the same boot, where orphans may still run', () => {
    expect(silence({ isClean: false }, boot, boot)).toBe(true);
  });

  test('is kept where it is not known whether the machine was started anew', () => {
    expect(silence({ isClean: false }, null, boot)).toBe(true);
    expect(silence({ isClean: false }, boot, null)).toBe(true);
  });

  test('is not needed after a clean end, a new boot, or a life in no cluster', () => {
    expect(silence({ isClean: true }, boot, boot)).toBe(false);
    expect(silence({ isClean: false }, 'another', boot)).toBe(false);
    expect(silence({ isClean: false, clusterId: null }, boot, boot)).toBe(false);
  });
});
