// How to name a Unix socket whose path is long. The system's address holds 107 bytes and Node cuts a longer one off in
// silence, so that one would listen somewhere else. Nothing here opens a socket.

import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { OperationalError } from './operational-error.ts';

export const SOCKET_PATH_BYTES_MAX = 107;

export function isSocketPathTooLong(path: string): boolean {
  return Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX;
}

/** A directory as sockets inside it are to be named; `close` when none of the names is needed any more. */
export interface SocketDirectory {
  socketPath(name: string): string;
  close(): void;
}

/** Names of at most `nameBytesMax`. On Linux a long directory is named by a handle on it; elsewhere there is no such way. */
export function openSocketDirectory(dir: string, nameBytesMax: number): SocketDirectory {
  if (!isSocketPathTooLong(join(dir, 'x'.repeat(nameBytesMax)))) return { socketPath: (name) => join(dir, name), close: () => {} };
  if (process.platform !== 'linux') {
    throw new OperationalError(
      'socket-path-too-long',
      `a Unix socket is needed inside ${dir}, and its path would be longer than the ${SOCKET_PATH_BYTES_MAX} bytes that the system allows`,
      'Choose a directory with a shorter path by --state-dir.',
    );
  }
  const handle = openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY);
  return { socketPath: (name) => `/proc/self/fd/${handle}/${name}`, close: () => closeSync(handle) };
}
