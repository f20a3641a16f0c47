// The state file: one JSON document with a format version and a checksum, replaced as a whole (R14).
// A reader finds the old state or the new one, whatever call the machine dies in; anything else in the file is an error
// that names itself, never an empty state: starting fresh would give the same id a second life with a lower incarnation.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { clusterId, type DurableState, INCARNATION_MAX, incarnation, isHex32, isProfileName, nodeId } from '../core/index.ts';
import { describeErrno, errnoOf } from './errno.ts';
import { OperationalError } from './operational-error.ts';
import { PEERS_FILE } from './peers-file.ts';

export const STATE_FILE = 'state.json';
export const STATE_FILE_FORMAT = 1;

/** A state takes some 400 bytes; what is far longer is not one, and is not read. */
const FILE_BYTES_MAX = 64 * 1024;

export type LoadedState = { readonly kind: 'empty' } | { readonly kind: 'state'; readonly state: DurableState };
export type DecodedState =
  | { readonly kind: 'state'; readonly state: DurableState }
  | { readonly kind: 'unreadable'; readonly reason: string };

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

export function encodeState(state: DurableState): string {
  const body = bodyOf(state);
  return `${JSON.stringify({ format: STATE_FILE_FORMAT, sha256: checksumOf(body), state: body })}\n`;
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
  if (!isRecord(document) || typeof document.format !== 'number') return fault('it is JSON, but not a state of quorate');
  const { format, sha256, state } = document;
  if (format > STATE_FILE_FORMAT)
    return fault(`it was written in format ${format} by a newer version; this one reads up to ${STATE_FILE_FORMAT}`);
  if (format !== STATE_FILE_FORMAT) return fault(`format ${format} is unknown`);
  if (!isRecord(state) || typeof sha256 !== 'string') return fault('its checksum or its content is missing');
  if (checksumOf(state) !== sha256) return fault('its content does not match its checksum');
  return checkedState(state);
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

// Named one by one, so that the order in the file, and with it the checksum, does not hang on how the object was made.
function bodyOf(state: DurableState): Record<string, unknown> {
  return {
    id: state.id,
    storeId: state.storeId,
    clusterName: state.clusterName,
    clusterId: state.clusterId,
    profile: state.profile,
    incarnation: state.incarnation,
    bornIncarnation: state.bornIncarnation,
    isClean: state.isClean,
    writeCount: state.writeCount,
  };
}

// JSON.parse keeps the order of keys and the shortest text of numbers, so what was written is what is hashed again.
function checksumOf(body: Record<string, unknown>): string {
  return createHash('sha256')
    .update(`${STATE_FILE_FORMAT} ${JSON.stringify(body)}`)
    .digest('hex');
}

function checkedState(of: Record<string, unknown>): DecodedState {
  const { id, storeId, clusterName, clusterId: cluster, profile, incarnation: life, bornIncarnation: born, isClean, writeCount } = of;
  if (typeof id !== 'string' || !isHex32(id)) return fault('its id is not 32 hex digits');
  if (typeof storeId !== 'string' || !isHex32(storeId)) return fault('its storeId is not 32 hex digits');
  if (typeof clusterName !== 'string') return fault('its clusterName is not text');
  if (cluster !== null && (typeof cluster !== 'string' || !isHex32(cluster))) return fault('its clusterId is not 32 hex digits');
  if (typeof profile !== 'string' || !isProfileName(profile)) return fault('its profile is unknown');
  // Below the maximum, because the next life is this one + 1.
  if (!isCount(life) || life >= INCARNATION_MAX) return fault('its incarnation is out of bounds');
  if (!isCount(born) || born > life) return fault('its bornIncarnation is out of bounds');
  if (typeof isClean !== 'boolean') return fault('its isClean is neither true nor false');
  if (!isCount(writeCount)) return fault('its writeCount is out of bounds');
  return {
    kind: 'state',
    state: {
      id: nodeId(id),
      storeId,
      clusterName,
      clusterId: cluster === null ? null : clusterId(cluster),
      profile,
      incarnation: incarnation(life),
      bornIncarnation: incarnation(born),
      isClean,
      writeCount,
    },
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
