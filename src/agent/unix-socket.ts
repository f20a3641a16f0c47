// The rules by which a path becomes a listening socket: never with a wrong mode, not even for a moment; never at the cost of a live
// agent or of a file that is not ours. Which path to try next is the caller's choice.

import { lstatSync, type Stats, unlinkSync } from 'node:fs';
import { createConnection, type Server } from 'node:net';
import { dirname } from 'node:path';
import { describeErrno, errnoOf } from './errno.ts';
import { makeDirectories } from './make-directories.ts';
import { OperationalError } from './operational-error.ts';
import { SOCKET_PATH_BYTES_MAX } from './socket-path.ts';

/** Room for a crowd that connects at once; the kernel cuts it down to net.core.somaxconn. */
const BACKLOG = 4096;
const PROBE_TIMEOUT_MS = 1000;

/** Throws an OperationalError that says why not; `socket-in-use` when a live agent answers at the path. */
export async function listenOnUnixSocket(server: Server, path: string, mode: number): Promise<void> {
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES_MAX) {
    const long = `the socket path ${path} has ${bytes} bytes, more than the ${SOCKET_PATH_BYTES_MAX} that the system can hold`;
    throw new OperationalError('socket-path-too-long', long, 'choose a shorter one: --socket PATH');
  }
  prepareDirectory(dirname(path));
  await removeStale(path);
  await listenWithMode(server, path, mode);
}

function prepareDirectory(directory: string): void {
  try {
    makeDirectories(directory);
  } catch (error) {
    throw unusable(`the directory ${directory} for the socket could not be made`, error);
  }
  // A directory that another user made for us (in /tmp, say) would let that user put another socket in our place.
  const owner = lstatSync(directory).uid;
  if (!isOurs(owner) && owner !== 0) {
    const foreign = `the directory ${directory} for the socket belongs to user ${owner}`;
    throw new OperationalError('socket-unusable', foreign, 'choose a directory of your own: --socket PATH');
  }
}

async function removeStale(path: string): Promise<void> {
  const found = statsOf(path);
  if (found === null) return;
  if (!found.isSocket()) {
    throw new OperationalError('socket-unusable', `${path} exists and is not a socket`, 'move it away, or choose another: --socket PATH');
  }
  const answer = await probe(path);
  if (answer === 'ENOENT') return;
  if (answer === 'EACCES') throw unusable(`the socket ${path} exists and may not be opened`, Object.assign(new Error(), { code: answer }));
  if (answer !== 'ECONNREFUSED') {
    throw new OperationalError('socket-in-use', `another agent listens on ${path}`, 'stop it, or choose another path: --socket PATH');
  }
  const now = statsOf(path);
  if (now === null) return;
  // Another agent may have taken the path over while we asked.
  if (now.ino !== found.ino || now.ctimeMs !== found.ctimeMs) {
    throw new OperationalError('socket-in-use', `another agent just took ${path}`, 'choose another path: --socket PATH');
  }
  if (!isOurs(now.uid)) {
    const foreign = `${path} is the socket of an agent that is gone, but belongs to user ${now.uid}`;
    throw new OperationalError('socket-unusable', foreign, `remove it: rm ${path}`);
  }
  try {
    unlinkSync(path);
  } catch (error) {
    throw unusable(`the socket ${path} of an agent that is gone could not be removed`, error);
  }
}

/** What a connect says. One that neither succeeds nor fails in time is a stopped process: alive. */
function probe(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const settle = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle('hangs'));
    socket.once('connect', () => settle('connected'));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? 'unknown'));
  });
}

function listenWithMode(server: Server, path: string, mode: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE') {
        reject(new OperationalError('socket-in-use', `another agent just took ${path}`, 'choose another path: --socket PATH'));
      } else reject(unusable(`the socket ${path} could not be made`, error));
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve();
    };
    server.once('error', onError);
    server.once('listening', onListening);
    // `listen` binds before it returns, so this mask is in force for that one file alone.
    const before = process.umask(0o777 & ~mode);
    try {
      server.listen({ path, backlog: BACKLOG });
    } finally {
      process.umask(before);
    }
  });
}

function statsOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unusable(`${path} could not be looked at`, error);
  }
}

function isOurs(uid: number): boolean {
  const own = process.geteuid?.() ?? uid;
  return own === uid || own === 0;
}

function unusable(tried: string, cause: unknown): OperationalError {
  const code = errnoOf(cause);
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  const hint = isForbidden
    ? 'run as a user who may write there, or choose another path: --socket PATH'
    : 'choose another path: --socket PATH';
  return new OperationalError(isForbidden ? 'permission-denied' : 'socket-unusable', `${tried}: ${describeErrno(cause)}`, hint, { cause });
}
