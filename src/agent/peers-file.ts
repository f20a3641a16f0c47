// The cache of where peers were, for a cold start of the whole cluster without seeds. Best effort: an unreadable one costs
// a warning, never a start. What it names are hints to knock at, so a wrong one does no harm.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, address } from '../core/index.ts';
import { isMemberAddress } from '../wire/index.ts';
import { describeErrno, errnoOf } from './errno.ts';

export const PEERS_FILE = 'peers.json';
export const PEERS_MAX = 64;

const FILE_BYTES_MAX = 64 * 1024;

export interface LoadedPeers {
  readonly addresses: readonly Address[];
  /** Why the file was ignored; null when it was read, or there is none. */
  readonly warning: string | null;
}

export function loadPeers(dir: string): LoadedPeers {
  const path = join(dir, PEERS_FILE);
  try {
    const found = statSync(path);
    if (!found.isFile()) return ignored(path, 'it is not a regular file');
    const { size } = found;
    if (size > FILE_BYTES_MAX) return ignored(path, `it is ${size} bytes long`);
    const addresses = decodePeers(readFileSync(path, 'utf8'));
    return addresses === null ? ignored(path, 'it is not a list of addresses') : { addresses, warning: null };
  } catch (thrown) {
    return errnoOf(thrown) === 'ENOENT' ? { addresses: [], warning: null } : ignored(path, describeErrno(thrown));
  }
}

/** The first `PEERS_MAX`, each once. */
export function encodePeers(addresses: readonly Address[]): string {
  return `${JSON.stringify({ peers: [...new Set(addresses)].slice(0, PEERS_MAX) })}\n`;
}

/** Null when a part of it is not what was written: then nothing of it is believed. */
export function decodePeers(text: string): Address[] | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof document !== 'object' || document === null || !('peers' in document) || !Array.isArray(document.peers)) return null;
  const listed: readonly unknown[] = document.peers;
  if (listed.length > PEERS_MAX) return null;
  const addresses: Address[] = [];
  for (const entry of listed) {
    if (typeof entry !== 'string' || !isMemberAddress(entry)) return null;
    addresses.push(address(entry));
  }
  return addresses;
}

function ignored(path: string, reason: string): LoadedPeers {
  return { addresses: [], warning: `the list of known peers in ${path} is ignored: ${reason}` };
}
