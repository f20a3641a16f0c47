// The Store port over files: one write at a time, in order, durable before it is told (R14).
// It never throws: a failing disk is told to the core, which stops. What a state means is decided elsewhere.

import { join } from 'node:path';
import type { Address, DurableState } from '../core/index.ts';
import { type FileCalls, replaceDurably, replaceLightly, SYSTEM_FILES } from './atomic-write.ts';
import { describeErrno } from './errno.ts';
import { encodePeers, PEERS_FILE } from './peers-file.ts';
import type { Store } from './ports.ts';
import { encodeState, STATE_FILE } from './state-file.ts';

interface Save {
  readonly state: DurableState;
  readonly done: (problem: string | null) => void;
}

export class FileStore implements Store {
  readonly #dir: string;
  readonly #files: FileCalls;
  readonly #bootId: string | null;
  readonly #saves: Save[] = [];
  #isStateThere: boolean;
  #isWriting = false;
  // After one failure nothing is believed any more: a kernel may drop the pages of a failed fsync and let the next one succeed.
  #problem: string | null = null;
  /** The newest list not yet written: older ones are of no use to anyone. */
  #peersDue: string | null = null;
  #peersWritten: string | null = null;
  #idleWaiters: (() => void)[] = [];

  /** `isStateThere`: whether `dir` holds a state file. `bootId` is written beside each state. */
  constructor(dir: string, isStateThere: boolean, files: FileCalls = SYSTEM_FILES, bootId: string | null = null) {
    this.#dir = dir;
    this.#bootId = bootId;
    this.#isStateThere = isStateThere;
    this.#files = files;
  }

  save(state: DurableState, done: (problem: string | null) => void): void {
    this.#saves.push({ state, done });
    this.#work();
  }

  rememberPeers(addresses: readonly Address[]): void {
    this.#peersDue = encodePeers(addresses);
    this.#work();
  }

  /** Resolves when everything asked for so far is written or has failed. */
  idle(): Promise<void> {
    return this.#hasWork() ? new Promise((resolve) => this.#idleWaiters.push(resolve)) : Promise.resolve();
  }

  #hasWork(): boolean {
    return this.#isWriting || this.#saves.length > 0 || this.#arePeersWritable();
  }

  // Never before the state: a peers file alone means that a state got lost (see loadState).
  #arePeersWritable(): boolean {
    return this.#isStateThere && this.#problem === null && this.#peersDue !== null && this.#peersDue !== this.#peersWritten;
  }

  #work(): void {
    if (this.#isWriting) return;
    const save = this.#saves.shift();
    if (save !== undefined) {
      this.#isWriting = true;
      void this.#write(save.state).then((problem) => {
        // Outside of the promise, so that a mistake in what follows is an uncaught error and not a lost one.
        setImmediate(() => {
          this.#isWriting = false;
          save.done(problem);
          this.#work();
        });
      });
    } else if (this.#arePeersWritable()) {
      this.#isWriting = true;
      void this.#writePeers(this.#peersDue as string).then(() => {
        this.#isWriting = false;
        this.#work();
      });
    } else {
      const waiters = this.#idleWaiters;
      this.#idleWaiters = [];
      for (const resolve of waiters) resolve();
    }
  }

  async #write(state: DurableState): Promise<string | null> {
    if (this.#problem !== null) return this.#problem;
    const path = join(this.#dir, STATE_FILE);
    try {
      await replaceDurably(this.#files, path, encodeState(state, this.#bootId));
      this.#isStateThere = true;
    } catch (thrown) {
      this.#problem = `writing the state file ${path} failed: ${describeErrno(thrown)}`;
    }
    return this.#problem;
  }

  // A cache that cannot be written is tried again at the next change; the state's own writes tell of a failing disk.
  async #writePeers(text: string): Promise<void> {
    this.#peersWritten = text;
    await replaceLightly(this.#files, join(this.#dir, PEERS_FILE), text).catch(() => {});
  }
}
