// What a route answers, before it becomes bytes. Errors are problem+json (RFC 9457) with `code` and `hint`.

import { STATUS_CODES } from 'node:http';
import type { ProblemJson } from './contract.ts';

export interface Reply {
  readonly status: number;
  /** Empty: no body at all (204). */
  readonly contentType: string;
  readonly body: string;
  /** name, value, name, value, … */
  readonly headers: readonly string[];
}

/** Input that was checked: the value, or the reply that refuses it. */
export type Checked<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'bad'; readonly reply: Reply };

const NO_HEADERS: readonly string[] = [];
const JSON_TYPE = 'application/json; charset=utf-8';

export const NO_CONTENT: Reply = { status: 204, contentType: '', body: '', headers: NO_HEADERS };

export function json(body: unknown): Reply {
  return { status: 200, contentType: JSON_TYPE, body: `${JSON.stringify(body)}\n`, headers: NO_HEADERS };
}

export function text(contentType: string, body: string): Reply {
  return { status: 200, contentType, body, headers: NO_HEADERS };
}

/** `detail` says what was asked and what is wrong with it, `hint` what to do. */
export function problem(status: number, code: string, detail: string, hint: string, headers = NO_HEADERS): Reply {
  const body: ProblemJson = { type: `urn:quorate:problem:${code}`, title: STATUS_CODES[status] ?? 'Error', status, detail, code, hint };
  return { status, contentType: 'application/problem+json; charset=utf-8', body: `${JSON.stringify(body)}\n`, headers };
}

export function ok<T>(value: T): Checked<T> {
  return { kind: 'ok', value };
}

export function bad(code: string, detail: string, hint: string): { readonly kind: 'bad'; readonly reply: Reply } {
  return { kind: 'bad', reply: problem(400, code, detail, hint) };
}

/** Text of a stranger inside a sentence: quoted, escaped and short. */
export function quoted(word: string): string {
  return JSON.stringify(word.length > 80 ? `${word.slice(0, 80)}…` : word);
}
