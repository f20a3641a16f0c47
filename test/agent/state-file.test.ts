// What a state file says when it is whole, and that it says nothing when it is not.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OperationalError } from '../../src/agent/operational-error.ts';
import { decodeState, encodeState, loadState, STATE_FILE } from '../../src/agent/state-file.ts';
import { clusterId, type DurableState, INCARNATION_MAX, incarnation, nodeId, runNonce } from '../../src/core/index.ts';
import { durableState } from '../support/durable-state.ts';
import { temporaryDir } from '../support/temporary.ts';

const hex32 = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });

const anyLife = fc.record({ id: hex32.map(nodeId), incarnation: fc.integer({ min: 0, max: INCARNATION_MAX }).map(incarnation) });
const anyVoter = fc.record({ id: hex32.map(nodeId), storeId: hex32 });
const anyBallot = fc.record({
  round: fc.nat(),
  id: hex32.map(nodeId),
  incarnation: fc.nat().map(incarnation),
  sequence: fc.nat(),
});
const anyRecord: fc.Arbitrary<NonNullable<DurableState['record']>> = fc.record({
  version: fc.nat(),
  epoch: fc.nat(),
  voters: fc.array(anyVoter, { minLength: 1, maxLength: 5 }),
  profile: fc.constantFrom('local' as const, 'lan' as const, 'wan' as const),
  maxVoters: fc.nat(15),
  replaceAfterMs: fc.nat(),
  condemned: fc.array(anyLife, { maxLength: 3 }),
  floor: fc.nat().map(incarnation),
  leader: fc.option(fc.record({ id: hex32.map(nodeId), incarnation: fc.nat().map(incarnation), token: fc.nat() })),
});
const anyChange = fc.record({
  condemn: fc.array(anyLife, { maxLength: 2 }),
  reap: fc.array(hex32.map(nodeId), { maxLength: 2 }),
  voters: fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant('add' as const), voter: anyVoter }),
      fc.record({ kind: fc.constant('remove' as const), id: hex32.map(nodeId) }),
    ),
  ),
  leader: fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant('none' as const) }),
      fc.record({ kind: fc.constant('name' as const), id: hex32.map(nodeId), incarnation: fc.nat().map(incarnation) }),
    ),
  ),
});
const anyAcceptor = fc.record({
  version: fc.nat(),
  promised: fc.option(anyBallot),
  accepted: fc.option(fc.record({ ballot: anyBallot, change: anyChange })),
});
const anyFence = fc.record({
  reason: fc.constantFrom('lease-lapsed' as const, 'condemned' as const, 'superseded' as const, 'storage' as const),
  message: fc.string(),
});

const anyState: fc.Arbitrary<DurableState> = fc
  .record({
    id: hex32.map(nodeId),
    storeId: hex32,
    clusterName: fc.string({ unit: 'binary' }),
    clusterId: fc.option(hex32.map(clusterId)),
    profile: fc.constantFrom('local' as const, 'lan' as const, 'wan' as const),
    incarnation: fc.integer({ min: 0, max: INCARNATION_MAX - 1 }).map(incarnation),
    isClean: fc.boolean(),
    writeCount: fc.nat(),
    nonce: hex32.map(runNonce),
    record: fc.option(anyRecord),
    acceptor: fc.option(anyAcceptor),
    vote: fc.option(fc.array(hex32.map(nodeId), { maxLength: 3 })),
    fence: fc.option(anyFence),
  })
  .map((state) => ({ ...state, bornIncarnation: state.incarnation }));

describe('the state file', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(anyState, fc.option(hex32), (state, bootId) => {
        expect(decodeState(encodeState(state, bootId))).toEqual({ kind: 'state', state, bootId });
      }),
    );
  });

  test('is unreadable when cut short anywhere but before its last line feed', () => {
    const text = encodeState(durableState());
    for (let length = 0; length < text.length - 1; length++)
      expect(decodeState(text.slice(0, length)).kind, `${length}`).toBe('unreadable');
  });

  test('is unreadable or unchanged when one character of it is another', () => {
    const state = durableState();
    const text = encodeState(state);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1, unit: 'binary-ascii' }), (at, other) => {
        const decoded = decodeState(text.slice(0, at) + other + text.slice(at + 1));
        if (decoded.kind === 'state') expect(decoded.state).toEqual(state);
      }),
    );
  });

  test('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(decodeState(text).kind).toBe('unreadable');
      }),
    );
  });

  test.each([
    ['', 'it is empty'],
    ['\0'.repeat(400), 'nothing but zero bytes'],
    ['not json', 'not a whole JSON document'],
    ['{"a":1}', 'not a state of quorate'],
    [encodeState(durableState()).replace('"format":2', '"format":3'), 'format 3 by a newer version'],
    [encodeState(durableState()).replace('"writeCount":7', '"writeCount":8'), 'does not match its checksum'],
  ])('says what is wrong with %j', (text, reason) => {
    expect(decodeState(text)).toEqual({ kind: 'unreadable', reason: expect.stringContaining(reason) });
  });

  test('of format 1 is read, with nothing of what came later', () => {
    const { nonce, record, acceptor, vote, fence, ...old } = durableState();
    const body = JSON.stringify(old);
    const sha256 = createHash('sha256').update(`1 ${body}`).digest('hex');
    const decoded = decodeState(`{"format":1,"sha256":"${sha256}","state":${body}}\n`);
    const none = { nonce: '0'.repeat(32), record: null, acceptor: null, vote: null, fence: null };
    expect(decoded).toEqual({ kind: 'state', state: { ...old, ...none }, bootId: null });
  });

  test.each([
    [{ record: { version: 1 } }, 'record.leader'],
    [{ acceptor: { version: -1 } }, 'acceptor.version'],
    [{ vote: ['x'] }, 'vote[0]'],
    [{ fence: { reason: 'because', message: '' } }, 'fence.reason'],
    [{ nonce: null }, 'nonce'],
  ])('refuses %j, though the checksum is right, and names the place', (part, place) => {
    const state = { ...durableState(), ...part } as DurableState;
    expect(decodeState(encodeState(state))).toEqual({ kind: 'unreadable', reason: expect.stringContaining(place) });
  });

  test('refuses a life that was there before the first one, though the checksum is right', () => {
    const state = durableState({ incarnation: incarnation(1), bornIncarnation: incarnation(2) });
    expect(decodeState(encodeState(state))).toEqual({ kind: 'unreadable', reason: 'its bornIncarnation is out of bounds' });
  });
});

describe('loading a state directory', () => {
  test('one that is absent or holds nothing of ours is empty', () => {
    const dir = temporaryDir();
    expect(loadState(join(dir, 'absent'))).toEqual({ kind: 'empty' });
    writeFileSync(join(dir, 'somebody-elses'), 'x');
    expect(loadState(dir)).toEqual({ kind: 'empty' });
  });

  test('one that a crash left before the first rename is empty', () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, `${STATE_FILE}.tmp`), encodeState(durableState()).slice(0, 40));
    writeFileSync(join(dir, 'lock.sock'), '');
    expect(loadState(dir)).toEqual({ kind: 'empty' });
  });

  test('one with a state gives it, whatever lies beside it', () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, STATE_FILE), encodeState(durableState()));
    writeFileSync(join(dir, `${STATE_FILE}.tmp`), 'half a');
    expect(loadState(dir)).toEqual({ kind: 'state', state: durableState(), bootId: null });
  });

  test('one whose state went missing beside its list of peers is refused, not taken for empty', () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'peers.json'), '{"peers":[]}');
    expect(refusalOf(dir).message).toContain('it is missing, though peers.json beside it shows that there was one');
  });

  test('an unreadable one is refused with the file, the reason and what to do, and is left as it is', () => {
    const dir = temporaryDir();
    const path = join(dir, STATE_FILE);
    writeFileSync(path, '{"format":');
    const refusal = refusalOf(dir);
    expect(refusal.code).toBe('state-unreadable');
    expect(refusal.message).toBe(`the state file ${path} cannot be used: it is not a whole JSON document: cut short or overwritten`);
    expect(refusal.hint).toContain('backup');
    expect(readFileSync(path, 'utf8')).toBe('{"format":');
  });

  test('a state that is a directory or far too long is refused', () => {
    const dir = temporaryDir();
    mkdirSync(join(dir, STATE_FILE));
    expect(refusalOf(dir).message).toContain('it is not a regular file');
    const other = temporaryDir();
    writeFileSync(join(other, STATE_FILE), 'x'.repeat(5_000_000));
    expect(refusalOf(other).message).toContain('it is 5000000 bytes long');
  });
});

function refusalOf(dir: string): OperationalError {
  try {
    loadState(dir);
  } catch (thrown) {
    if (thrown instanceof OperationalError) return thrown;
    throw thrown;
  }
  throw new Error('it was loaded');
}
