// The state file: one JSON document with a format version and a checksum, replaced as a whole (R14).
// A reader finds the old state or the new one, whatever call the machine dies in; anything else in the file is an error
// that names itself, never an empty state: starting fresh would give the same id a second life with a lower incarnation.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DurableState } from '../core/index.ts';
import { describeErrno, errnoOf } from './errno.ts';
import { type Fields, isFields, Misshapen } from './json-shape.ts';
import { OperationalError } from './operational-error.ts';
import { PEERS_FILE } from './peers-file.ts';
import { bodyOf, type StoredState, storedStateOf } from './state-shape.ts';

export const STATE_FILE = 'state.json';
/** Format 1 had no record; it is still read. */
export const STATE_FILE_FORMAT = 2;

/** A state takes some 2 kB, and 80 bytes more for each condemned life that waits to be reaped; what is far longer is not one, and is not read. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

export type LoadedState = { readonly kind: 'empty' } | ({ readonly kind: 'state' } & StoredState);
export type DecodedState = ({ readonly kind: 'state' } & StoredState) | { readonly kind: 'unreadable'; readonly reason: string };

/** `empty` only when nothing of ours is there, so also after a crash before the first rename. Throws `state-unreadable`. */
export function loadState(dir: string): LoadedState {
  const path = join(dir, STATE_FILE);
  let text: string;
  try {
    const found = statSync(path);
    // A pipe in its place would never end.
    if (!found.isFile()) throw unreadable(path, 'it is not a regular file');
    const { size } = found;
    if (size > FILE_BYTES_MAX) throw unreadable(path, `it is ${size} bytes long, and a state is never longer than ${FILE_BYTES_MAX}`);
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return absent(dir, path);
    if (thrown instanceof OperationalError) throw thrown;
    throw unreadable(path, describeErrno(thrown), thrown);
  }
  const decoded = decodeState(text);
  if (decoded.kind === 'unreadable') throw unreadable(path, decoded.reason);
  return decoded;
}

/** `bootId` lies beside the state: it tells the next run whether the machine was started anew since (R13). */
export function encodeState(state: DurableState, bootId: string | null = null): string {
  const body = bodyOf({ state, bootId });
  return `${JSON.stringify({ format: STATE_FILE_FORMAT, sha256: checksumOf(body, STATE_FILE_FORMAT), state: body })}\n`;
}

export function decodeState(text: string): DecodedState {
  if (text.length === 0) return fault('it is empty');
  if (/^\0+$/.test(text)) return fault('it holds nothing but zero bytes');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return fault('it is not a whole JSON document: cut short or overwritten');
  }
  if (!isFields(document) || typeof document.format !== 'number') return fault('it is JSON, but not a state of quorate');
  const { format, sha256, state } = document;
  if (format > STATE_FILE_FORMAT)
    return fault(`it was written in format ${format} by a newer version; this one reads up to ${STATE_FILE_FORMAT}`);
  if (format !== 1 && format !== 2) return fault(`format ${format} is unknown`);
  if (!isFields(state) || typeof sha256 !== 'string') return fault('its checksum or its content is missing');
  if (checksumOf(state, format) !== sha256) return fault('its content does not match its checksum');
  try {
    return { kind: 'state', ...storedStateOf(state, format) };
  } catch (thrown) {
    if (thrown instanceof Misshapen) return fault(thrown.message);
    throw thrown;
  }
}

function absent(dir: string, path: string): LoadedState {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return { kind: 'empty' };
    throw unreadable(dir, describeErrno(thrown), thrown);
  }
  // The peers file is written only after a state was: alone, it tells of a state that got lost. Locks and temporary files tell nothing.
  if (names.includes(PEERS_FILE)) throw unreadable(path, `it is missing, though ${PEERS_FILE} beside it shows that there was one`);
  return { kind: 'empty' };
}

function unreadable(path: string, reason: string, cause?: unknown): OperationalError {
  return new OperationalError(
    'state-unreadable',
    `the state file ${path} cannot be used: ${reason}`,
    'Put it back from a backup taken while no agent ran since, or fix its access. If it is lost for good, move the whole directory away and ' +
      'join again with --join: this host then comes back as a new member, and the old one can be dropped by `quorate forget`.',
    cause === undefined ? undefined : { cause },
  );
}

function fault(reason: string): DecodedState {
  return { kind: 'unreadable', reason };
}

// JSON.parse keeps the order of keys and the shortest text of numbers, so what was written is what is hashed again.
function checksumOf(body: Fields, format: number): string {
  return createHash('sha256')
    .update(`${format} ${JSON.stringify(body)}`)
    .digest('hex');
}
