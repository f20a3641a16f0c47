// The lock of a state directory, with real processes that are killed, stopped, and started at the same moment.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { acquireLock, type StateLock } from '../../src/agent/lock.ts';
import { OperationalError } from '../../src/agent/operational-error.ts';
import { bundleChild, ended, startChild } from '../support/child.ts';
import { temporaryDir } from '../support/temporary.ts';

interface Outcome {
  readonly kind: 'ready' | 'won' | 'lost' | 'released';
  readonly code?: string;
  readonly message?: string;
}

async function starters(count: number): Promise<ChildProcess[]> {
  const file = await bundleChild('lock', temporaryDir());
  const children = Array.from({ length: count }, () => startChild(file, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
  await Promise.all(children.map(outcomeOf));
  return children;
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const [message] = await once(child, 'message');
  return message as Outcome;
}

function acquireIn(child: ChildProcess, dir: string): Promise<Outcome> {
  const outcome = outcomeOf(child);
  child.send({ kind: 'acquire', dir });
  return outcome;
}

/** What a killed owner leaves: a socket that nobody listens on. Node removes only the name that it bound. */
async function leaveStaleSocket(dir: string, name: string): Promise<void> {
  const server = createServer().listen(join(dir, 'bound'));
  await once(server, 'listening');
  renameSync(join(dir, 'bound'), join(dir, name));
  server.close();
  await once(server, 'close');
}

async function refusalOf(dir: string): Promise<OperationalError> {
  const outcome: unknown = await acquireLock(dir).catch((thrown: unknown) => thrown);
  if (outcome instanceof OperationalError) return outcome;
  throw new Error(`no refusal but ${String(outcome)}`);
}

describe('the lock of a state directory', () => {
  test('is held by one, who is named to the next, and is free after its release', async () => {
    const dir = temporaryDir();
    const lock = await acquireLock(dir);
    const refusal = await refusalOf(dir);
    expect(refusal.code).toBe('state-locked');
    expect(refusal.message).toBe(`the state directory ${dir} is in use by the agent with process id ${process.pid}`);
    expect(refusal.hint).toContain(`ps -fp ${process.pid}`);
    expect(readdirSync(dir)).toEqual(['lock.sock']);
    await lock.release();
    expect(readdirSync(dir)).toEqual([]);
    await (await acquireLock(dir)).release();
  });

  test('is free when its owner was killed, and what the killed left is swept away', async () => {
    const dir = temporaryDir();
    const [child] = (await starters(1)) as [ChildProcess];
    expect((await acquireIn(child, dir)).kind).toBe('won');
    child.kill('SIGKILL');
    await ended(child);
    await leaveStaleSocket(dir, 'lock.0123456789abcdef.claim');
    await leaveStaleSocket(dir, 'lock.0123456789abcdef.new');
    const lock = await acquireLock(dir);
    expect(readdirSync(dir)).toEqual(['lock.sock']);
    await lock.release();
  });

  test('is still held by a stopped owner', async () => {
    const dir = temporaryDir();
    const [child] = (await starters(1)) as [ChildProcess];
    expect((await acquireIn(child, dir)).kind).toBe('won');
    child.kill('SIGSTOP');
    const refusal = await refusalOf(dir);
    expect(refusal.code).toBe('state-locked');
    expect(refusal.message).toContain('a process that does not answer (it may be stopped)');
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await ended(child);
  });

  test('goes to exactly one of several processes that find a dead one at the same moment', { timeout: 60_000 }, async () => {
    const children = await starters(4);
    for (let round = 0; round < 25; round++) {
      const dir = temporaryDir();
      if (round % 3 !== 0) await leaveStaleSocket(dir, 'lock.sock');
      if (round % 2 !== 0) await leaveStaleSocket(dir, 'lock.0000000000000000.claim');
      const outcomes = await Promise.all(children.map((child) => acquireIn(child, dir)));
      expect(outcomes.filter(({ kind }) => kind === 'won')).toHaveLength(1);
      expect(outcomes.filter(({ code }) => code === 'state-locked')).toHaveLength(children.length - 1);
      const winner = children[outcomes.findIndex(({ kind }) => kind === 'won')] as ChildProcess;
      const released = outcomeOf(winner);
      winner.send({ kind: 'release' });
      await released;
      expect(readdirSync(dir)).toEqual([]);
    }
  });

  test('has never two holders while many come and go within one process', async () => {
    const dir = temporaryDir();
    let holders = 0;
    let winCount = 0;
    const come = async (): Promise<void> => {
      for (let round = 0; round < 10; round++) {
        let lock: StateLock;
        try {
          lock = await acquireLock(dir);
        } catch (thrown) {
          expect((thrown as OperationalError).code).toBe('state-locked');
          continue;
        }
        holders += 1;
        winCount += 1;
        expect(holders).toBe(1);
        await new Promise(setImmediate);
        holders -= 1;
        await lock.release();
      }
    };
    await Promise.all(Array.from({ length: 12 }, come));
    expect(winCount).toBeGreaterThan(0);
    expect(readdirSync(dir)).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('holds in a directory whose path is longer than a socket address', async () => {
    const dir = join(temporaryDir(), 'x'.repeat(120));
    mkdirSync(dir);
    const lock = await acquireLock(dir);
    expect(readdirSync(dir)).toEqual(['lock.sock']);
    expect((await refusalOf(dir)).code).toBe('state-locked');
    await lock.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  test('does not replace a file that is no socket', async () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'lock.sock'), 'precious');
    const refusal = await refusalOf(dir);
    expect(refusal.code).toBe('state-unwritable');
    expect(refusal.message).toContain('is not a socket');
    expect(readdirSync(dir)).toEqual(['lock.sock']);
  });
});
