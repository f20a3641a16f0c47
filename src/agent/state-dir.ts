// The state directory from its making to its release: made for this user alone, locked, probed, read. Which one is defaults.ts's.
// What the state means for this run is decided in identity.ts.

import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SYSTEM_FILES, temporaryOf } from './atomic-write.ts';
import { readBootId } from './boot-id.ts';
import type { StateDirChoice } from './defaults.ts';
import { describeErrno, errnoOf } from './errno.ts';
import { acquireLock } from './lock.ts';
import { makeDirectories } from './make-directories.ts';
import { OperationalError } from './operational-error.ts';
import { type LoadedPeers, loadPeers } from './peers-file.ts';
import { type LoadedState, loadState, STATE_FILE } from './state-file.ts';
import { FileStore } from './store.ts';

export interface OpenState {
  readonly dir: string;
  readonly isTemporary: boolean;
  readonly loaded: LoadedState;
  /** Of this boot. */
  readonly bootId: string | null;
  readonly peers: LoadedPeers;
  readonly store: FileStore;
  /** Waits for what is still to be written, then lets the directory go; a temporary one is removed. The last act of a stop. */
  close(): Promise<void>;
}

/** Throws `state-unwritable`, `state-locked` or `state-unreadable`. */
export async function openState(choice: StateDirChoice): Promise<OpenState> {
  const dir = choice.kind === 'temporary' ? makeTemporaryDir() : choice.path;
  const isTemporary = choice.kind === 'temporary';
  const removeNow = (): void => rmSync(dir, { recursive: true, force: true });
  if (isTemporary) process.once('exit', removeNow);
  makeStateDir(dir);
  const lock = await acquireLock(dir);
  try {
    probeStateDir(dir);
    const loaded = loadState(dir);
    const bootId = readBootId();
    const store = new FileStore(dir, loaded.kind === 'state', SYSTEM_FILES, bootId);
    const close = async (): Promise<void> => {
      await store.idle();
      await lock.release();
      if (!isTemporary) return;
      process.off('exit', removeNow);
      removeNow();
    };
    return { dir, isTemporary, loaded, bootId, peers: loadPeers(dir), store, close };
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

/** What is missing is made for this user alone, and the entries in the parents are durable like the state itself. */
export function makeStateDir(dir: string): void {
  try {
    for (const made of makeDirectories(dir)) syncDirectory(dirname(made));
  } catch (thrown) {
    throw unwritable('made', dir, thrown);
  }
}

/** Finds out now, with a sentence, what the first save would run into. Only under the lock: it uses the state's temporary file. */
export function probeStateDir(dir: string): void {
  const path = temporaryOf(join(dir, STATE_FILE));
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      writeSync(file, 'probe\n');
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    rmSync(path);
  } catch (thrown) {
    throw unwritable('written to', dir, thrown);
  }
}

function makeTemporaryDir(): string {
  const prefix = join(tmpdir(), 'quorate-dev-');
  try {
    return mkdtempSync(prefix);
  } catch (thrown) {
    throw unwritable('made', `${prefix}*`, thrown);
  }
}

function syncDirectory(dir: string): void {
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function unwritable(attempt: string, dir: string, thrown: unknown): OperationalError {
  return new OperationalError(
    'state-unwritable',
    `the state directory ${dir} cannot be ${attempt}: ${describeErrno(thrown)}`,
    // Without a code it is nothing that a mode could mend.
    errnoOf(thrown) === ''
      ? 'Choose another one by --state-dir DIR.'
      : 'Make it writable for this user, or choose another one by --state-dir DIR.',
    { cause: thrown },
  );
}
