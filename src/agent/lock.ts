// One agent a state directory (R14). The lock is a Unix socket that its owner listens on inside the directory: the system
// lets go of it with the process, however that ends, and a stopped process still holds it.
//
// The trap is the socket a dead owner left behind: two starters find it refused, the first replaces it, the second
// removes the first's. So nobody touches `lock.sock` before it has won among those who are starting:
//   1. Publish: listen under a private name, drawn by chance and never used again, then rename it to `lock.CHANCE.claim`.
//      A claim is therefore listened on from its first moment: one that refuses a connect is dead for ever, and to remove it is safe.
//   2. Look at every other claim, then at `lock.sock`. A holder, or one that is silent: give up. Another starter: the lower name goes on
//      and waits until the other has decided, the higher gives up. Something vanished meanwhile: look again from the start.
//   3. All others dead: rename the claim to `lock.sock`, which replaces a dead one in one step.
// At most one wins: of two, the later to publish looks after the other had published, so it sees it, under one name or the other (the fixed
// name is looked at last, after it may have been renamed). At least one wins: the lowest name gives up only for a holder.

import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeErrno, errnoOf } from './errno.ts';
import { answerAs, askOwner, type OwnerAnswer } from './lock-talk.ts';
import { OperationalError } from './operational-error.ts';
import { openSocketDirectory, type SocketDirectory } from './socket-path.ts';

export const LOCK_FILE = 'lock.sock';

const CLAIM = /^lock\.[0-9a-f]{16}\.claim$/;
const PRIVATE = /^lock\.[0-9a-f]{16}\.new$/;
const NAME_BYTES = 'lock.0123456789abcdef.claim'.length;
/** Between two looks at a starter that has to give way. */
const LOOK_AGAIN_MS = 10;
const LOOKS_MAX = 200;

export interface StateLock {
  /** The very last thing to do with the directory: another agent may start at once. */
  release(): Promise<void>;
}

/** `dir` must exist. Throws `state-locked` when an agent has it, `state-unwritable` when no socket can be made in it. */
export async function acquireLock(dir: string): Promise<StateLock> {
  try {
    const sockets = openSocketDirectory(dir, NAME_BYTES);
    try {
      return await winLock(dir, sockets);
    } catch (thrown) {
      sockets.close();
      throw thrown;
    }
  } catch (thrown) {
    throw thrown instanceof OperationalError ? thrown : unusable(dir, thrown);
  }
}

async function winLock(dir: string, sockets: SocketDirectory): Promise<StateLock> {
  for (;;) {
    const claim = await publishClaim(dir, sockets);
    try {
      await outlastOthers(dir, sockets, claim.name);
      const isTaken = takeOver(dir, claim.name);
      if (isTaken) {
        claim.becomeHolder();
        removePrivateLeftovers(dir);
        return { release: async () => release(dir, claim.server, sockets) };
      }
    } catch (thrown) {
      withdraw(dir, claim);
      throw thrown;
    }
    withdraw(dir, claim);
  }
}

interface Claim {
  readonly name: string;
  readonly server: Server;
  becomeHolder(): void;
}

async function publishClaim(dir: string, sockets: SocketDirectory): Promise<Claim> {
  for (;;) {
    const chance = randomBytes(8).toString('hex');
    const privateName = `lock.${chance}.new`;
    const name = `lock.${chance}.claim`;
    let isHolder = false;
    const server = createServer((peer) => answerAs(peer, isHolder ? 'holder' : 'starter'));
    server.unref();
    await new Promise<void>((resolve, reject) => {
      // Kept for good: a failing accept later on (no descriptor left) must not end the agent.
      server.on('error', reject);
      server.listen(sockets.socketPath(privateName), resolve);
    });
    try {
      renameSync(join(dir, privateName), join(dir, name));
      return {
        name,
        server,
        becomeHolder: () => {
          isHolder = true;
        },
      };
    } catch (thrown) {
      server.close();
      // A new holder swept it away as a leftover; it will be found at the next look.
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    }
  }
}

/** Returns after one whole look in which everything else was dead. */
async function outlastOthers(dir: string, sockets: SocketDirectory, own: string): Promise<void> {
  for (let look = 0; ; look++) {
    let isClean = true;
    for (const name of readdirSync(dir)) {
      if (!CLAIM.test(name) || name === own) continue;
      const answer = await askOwner(sockets.socketPath(name));
      if (answer.kind === 'dead') rmSync(join(dir, name), { force: true });
      else isClean = false;
      if (answer.kind === 'unknown') throw unasked(dir, name, answer.thrown);
      if (answer.kind === 'alive' && (answer.role !== 'starter' || name < own)) throw locked(dir, answer);
    }
    const answer = await askOwner(sockets.socketPath(LOCK_FILE));
    if (answer.kind === 'alive') throw locked(dir, answer);
    if (answer.kind === 'unknown') throw unasked(dir, LOCK_FILE, answer.thrown);
    if (answer.kind === 'leaving') {
      isClean = false;
      // Whoever hangs up on everyone is no agent of this version, but it is alive.
      if (look >= LOOKS_MAX) throw locked(dir, { kind: 'alive', role: null, pid: null });
    }
    if (answer.kind === 'dead') assertSocket(dir);
    if (isClean) return;
    await pause(LOOK_AGAIN_MS);
  }
}

/** False when the claim is gone, which only someone from outside can have done. */
function takeOver(dir: string, claim: string): boolean {
  try {
    renameSync(join(dir, claim), join(dir, LOCK_FILE));
    return true;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}

function withdraw(dir: string, claim: Claim): void {
  rmSync(join(dir, claim.name), { force: true });
  claim.server.close();
}

// Of starters killed between listen and rename. One that is alive draws another name.
function removePrivateLeftovers(dir: string): void {
  for (const name of readdirSync(dir)) if (PRIVATE.test(name)) rmSync(join(dir, name), { force: true });
}

async function release(dir: string, server: Server, sockets: SocketDirectory): Promise<void> {
  if (!server.listening) return;
  // First the name, while it is surely ours.
  rmSync(join(dir, LOCK_FILE), { force: true });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  sockets.close();
}

function assertSocket(dir: string): void {
  const path = join(dir, LOCK_FILE);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isSocket()) return;
  throw new OperationalError(
    'state-unwritable',
    `${path} is not a socket, so it was not made by an agent`,
    'Move it away, or choose another directory by --state-dir.',
  );
}

function locked(dir: string, owner: Extract<OwnerAnswer, { kind: 'alive' }>): OperationalError {
  const who = owner.pid === null ? 'a process that does not answer (it may be stopped)' : `the agent with process id ${owner.pid}`;
  const find = owner.pid === null ? `\`ss -xlp | grep -F ${dir}\` names it` : `\`ps -fp ${owner.pid}\` shows it`;
  return new OperationalError(
    'state-locked',
    `the state directory ${dir} is in use by ${who}`,
    `Stop that one first (${find}), or give this agent a directory of its own by --state-dir.`,
  );
}

function unasked(dir: string, name: string, thrown: Error): OperationalError {
  return new OperationalError(
    'state-locked',
    `the state directory ${dir} may be in use: its lock ${name} cannot be asked: ${describeErrno(thrown)}`,
    'Start the agent as the user whose directory it is, or give it a directory of its own by --state-dir.',
    { cause: thrown },
  );
}

function unusable(dir: string, thrown: unknown): OperationalError {
  return new OperationalError(
    'state-unwritable',
    `no lock can be made in the state directory ${dir}: ${describeErrno(thrown)}`,
    'Make it writable for this user on a file system that allows sockets, or choose another one by --state-dir.',
    { cause: thrown },
  );
}
