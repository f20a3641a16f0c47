// Bodies of requests: read up to a bound, then checked field by field. Unknown keys are refused with the nearest known one.

import type { IncomingMessage } from 'node:http';
import { didYouMean } from './nearest.ts';
import { bad, type Checked, ok, problem, quoted } from './reply.ts';

export const BODY_BYTES_MAX = 64 * 1024;
/** What is read and thrown away of a body that is too large, so that its sender gets to read the answer. */
const DISCARD_BYTES_MAX = 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;

/** Null: the sender went away, nobody waits for an answer. How long it may take is the server's requestTimeout. */
export function readBody(request: IncomingMessage): Promise<Checked<string> | null> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const refuse = (): void => {
      pieces.length = 0;
      resolve({
        kind: 'bad',
        reply: problem(413, 'body-too-large', `the body is larger than ${BODY_BYTES_MAX} bytes`, 'send less at a time'),
      });
    };
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) refuse();
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size <= BODY_BYTES_MAX) pieces.push(piece);
      else if (size <= DISCARD_BYTES_MAX) refuse();
      else request.socket.destroy();
    });
    request.once('end', () => resolve(decoded(Buffer.concat(pieces))));
    request.once('close', () => resolve(null));
    request.once('error', () => resolve(null));
  });
}

/** The body as an object with no other keys than these. An empty body is an empty object. */
export function fieldsOf(body: string, known: readonly string[]): Checked<Fields> {
  const parsed = objectOf(body);
  if (parsed.kind === 'bad') return parsed;
  for (const key of Object.keys(parsed.value)) {
    if (known.includes(key)) continue;
    const hint = known.length === 0 ? 'send no body' : didYouMean(key, known);
    return bad('unknown-key', `this request knows no key ${quoted(key)}`, hint);
  }
  return parsed;
}

/** The body as an object whose every value is a text. */
export function textsOf(body: string): Checked<Readonly<Record<string, string>>> {
  if (body.trim() === '') return bad('invalid-body', 'the body is empty', 'send {} to remove all tags, {"key":"value"} to set them');
  const parsed = objectOf(body);
  if (parsed.kind === 'bad') return parsed;
  for (const [key, value] of Object.entries(parsed.value)) {
    if (typeof value !== 'string') return bad('invalid-body', `the value of ${quoted(key)} is not a text`, 'put it in double quotes');
  }
  // Every value was just seen to be a string.
  return ok(parsed.value as Readonly<Record<string, string>>);
}

export function textField(fields: Fields, key: string, example: string): Checked<string> {
  const value = fieldIn(fields, key);
  return typeof value === 'string' && value !== '' ? ok(value) : bad('invalid-body', `${key} must be a text that is not empty`, example);
}

/** Undefined: the key is not there. */
export function textListField(fields: Fields, key: string, example: string): Checked<readonly string[] | undefined> {
  const value = fieldIn(fields, key);
  if (value === undefined) return ok(undefined);
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '');
  return isList ? ok(value as readonly string[]) : bad('invalid-body', `${key} must be a list of texts that are not empty`, example);
}

function fieldIn(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function objectOf(body: string): Checked<Fields> {
  if (body.trim() === '') return ok({});
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    return bad('invalid-json', `the body is not JSON: ${quoted((error as Error).message)}`, 'send one JSON object in UTF-8');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return bad('invalid-body', 'the body is JSON, but not an object', 'send one JSON object, such as {"name":"n1"}');
  }
  return ok(parsed as Fields);
}

function decoded(bytes: Buffer): Checked<string> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return bad('invalid-json', 'the body is not UTF-8', 'send one JSON object in UTF-8');
  }
}
