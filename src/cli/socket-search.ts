// Where a running agent's socket is looked for, in the order that all verbs share.
// Connecting is agent-client.ts's; nothing here opens a socket.

import { existsSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { readOnlyPath, SOCKET_PATH_BYTES_MAX, usualSockets } from '../api/client.ts';

export interface Candidate {
  readonly path: string;
  /** What names it: `--socket`, `QUORATE_SOCKET` or `default`. */
  readonly from: string;
}

export interface SocketSearch {
  readonly tried: readonly Candidate[];
  /** What would have been tried if no path had been named: a wish for one agent must never reach another. */
  readonly skipped: readonly Candidate[];
}

export function searchSockets(flag: string | null, env: Readonly<Record<string, string | undefined>>, uid: number): SocketSearch {
  const defaults = usualSockets(env, uid).map((path): Candidate => ({ path, from: 'default' }));
  const named = env.QUORATE_SOCKET;
  const fromEnvironment: Candidate[] = named === undefined || named === '' ? [] : [{ path: named, from: 'QUORATE_SOCKET' }];
  if (flag !== null) return { tried: [{ path: flag, from: '--socket' }], skipped: [...fromEnvironment, ...defaults] };
  if (fromEnvironment.length > 0) return { tried: fromEnvironment, skipped: defaults };
  return { tried: defaults, skipped: [] };
}

/** Whether a verb without --socket, in another terminal, comes to the agent at this path. */
export function isFoundPlainly(path: string, env: Readonly<Record<string, string | undefined>>, uid: number): boolean {
  const { tried } = searchSockets(null, env, uid);
  return tried.every(({ from }) => from === 'default') && tried.find((candidate) => existsSync(candidate.path))?.path === path;
}

/** Null when the path may be used, else why not. */
export function socketPathProblem(candidate: Candidate, uid: number): string | null {
  const { path } = candidate;
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES_MAX) return `the path has ${bytes} bytes, at most ${SOCKET_PATH_BYTES_MAX} are possible`;
  // Anyone may make a directory in /tmp: one that is another user's could hold an agent that lies.
  if (candidate.from === 'default' && path.startsWith('/tmp/')) {
    const owner = lstatSync(path.slice(0, path.lastIndexOf('/')), { throwIfNoEntry: false })?.uid;
    if (owner !== undefined && owner !== uid && owner !== 0) return `its directory belongs to another user (uid ${owner})`;
  }
  return null;
}

/** What to do about a socket that is there and may not be opened. The agent makes its directory for its own user alone. */
export function permissionHint(path: string): string {
  const directory = dirname(path);
  const readOnly = readOnlyPath(path);
  return isClosed(path)
    ? `${directory} is open to the agent's user alone: run it as that user (ls -ld ${directory}); or let root type install -d -m 0755 ${directory}, then every user may read: --socket ${readOnly}`
    : `only its owner and its group may: run it as one of them (ls -l ${path}); to read, every user may add --socket ${readOnly}`;
}

function isClosed(path: string): boolean {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}
