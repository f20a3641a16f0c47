// Who a run is, for each way to start on each kind of state.

import { describe, expect, test } from 'vitest';
import { SYSTEM_CHANCE } from '../../src/agent/chance.ts';
import { type Chance, decideIdentity, type Wishes } from '../../src/agent/identity.ts';
import { OperationalError } from '../../src/agent/operational-error.ts';
import type { LoadedState } from '../../src/agent/state-file.ts';
import { durableState } from '../support/durable-state.ts';

const empty: LoadedState = { kind: 'empty' };
const known: LoadedState = { kind: 'state', state: durableState() };
const strayed: LoadedState = { kind: 'state', state: durableState({ clusterId: null }) };
const wishes: Wishes = { stateDir: '/var/lib/quorate', start: { kind: 'join' }, hasSeeds: true, clusterName: 'default', profile: 'lan' };
const wallClockMs = 1_800_000_000_000.5;

/** Draws 000…1, 000…2, … */
function counting(): Chance {
  let drawn = 0;
  return { hex32: () => (++drawn).toString(16).padStart(32, '0'), uint32: () => 42 };
}

function decided(part: Partial<Wishes>, loaded: LoadedState) {
  return decideIdentity({ ...wishes, ...part }, loaded, counting(), wallClockMs);
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

  test('with nothing that says what to do is refused with the directory and the line to type', () => {
    for (const loaded of [empty, strayed]) {
      const act = (): unknown => decided({ start: { kind: 'resume' }, hasSeeds: false }, loaded);
      expect(act).toThrow(OperationalError);
      expect(act).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringContaining('quorate agent --init') }));
      expect(act).toThrow('the state directory /var/lib/quorate is ');
    }
  });

  test('begins to live above zero even where the wall clock stands before 1970', () => {
    expect(decideIdentity(wishes, empty, counting(), -5).identity.incarnation).toBe(1);
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
    const nonces = [1, 2].map(() => decideIdentity(wishes, known, SYSTEM_CHANCE, wallClockMs).identity.nonce);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('says which wishes the cluster overrules', () => {
    const { identity, overruled } = decided({ clusterName: 'other', profile: 'wan' }, known);
    expect(identity).toMatchObject({ clusterName: 'default', profile: 'lan' });
    expect(overruled).toEqual([expect.stringContaining('--cluster other'), expect.stringContaining('--profile wan')]);
  });

  test('of a node that never got into a cluster may make one, or wish for another, under its id', () => {
    const { identity, isCreation } = decided({ start: { kind: 'init' }, hasSeeds: false, clusterName: 'other' }, strayed);
    expect(identity.id).toBe(durableState().id);
    expect(identity.incarnation).toBe(durableState().incarnation + 1);
    expect(identity.clusterName).toBe('other');
    expect(isCreation).toBe(true);
  });
});
