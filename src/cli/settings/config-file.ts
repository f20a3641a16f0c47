// Reads a settings file, TOML or JSON, into keys and values with the line of each. Which keys exist and what their values
// may be is gather.ts's; here a file is only refused for its mode, its size and its syntax.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { parse as parseToml, TomlError } from 'smol-toml';
import { EXIT, Failure } from '../exit-codes.ts';
import { shellWord } from '../suggestions.ts';
import { readJson } from './json-lines.ts';

export interface FileEntry {
  readonly value: unknown;
  readonly line: number;
}

export interface ConfigFile {
  readonly path: string;
  readonly entries: ReadonlyMap<string, FileEntry>;
}

const FILE_BYTES_MAX = 64 * 1024;

/** Throws a Failure (78) that names file and line. */
export function readConfigFile(path: string): ConfigFile {
  return parseConfigFile(path, readChecked(path));
}

export function parseConfigFile(path: string, text: string): ConfigFile {
  return { path, entries: isJson(path, text) ? jsonEntries(path, text) : tomlEntries(path, text) };
}

// Mode and text are taken of the same open file, so that it cannot be exchanged in between.
function readChecked(path: string): string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    const { mode, size } = fstatSync(descriptor);
    if ((mode & 0o022) !== 0) {
      throw new Failure(
        EXIT.config,
        `the settings file ${path} can be written by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
        `chmod go-w ${path}`,
      );
    }
    if (size > FILE_BYTES_MAX)
      throw new Failure(
        EXIT.config,
        `the settings file ${path} has ${size} bytes, at most ${FILE_BYTES_MAX} are read`,
        'take out what is no setting',
      );
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(EXIT.config, `the settings file ${path} cannot be read: ${reason}`, 'check --config or QUORATE_CONFIG');
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function isJson(path: string, text: string): boolean {
  if (path.endsWith('.json')) return true;
  if (path.endsWith('.toml')) return false;
  return /^\s*\{/.test(text);
}

function jsonEntries(path: string, text: string): Map<string, FileEntry> {
  const read = readJson(text);
  if ('message' in read) throw new Failure(EXIT.config, `${path}:${read.line}: not valid JSON: ${read.message}`, checkHint(path));
  const { value, lines } = read;
  if (!(value instanceof Map))
    throw new Failure(EXIT.config, `${path}:1: the document must be an object of settings`, 'for example: {"name": "web-1"}');
  const entries = new Map<string, FileEntry>();
  for (const [key, of] of value) entries.set(key, { value: of, line: lines.get(key) ?? 1 });
  return entries;
}

function tomlEntries(path: string, text: string): Map<string, FileEntry> {
  const document = readToml(path, text);
  const lines = tomlLines(text);
  return new Map(Object.entries(document).map(([key, value]) => [key, { value: tableToMap(value), line: lines.get(key) ?? 1 }]));
}

function readToml(path: string, text: string): Record<string, unknown> {
  try {
    return parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The first line of the message is the reason; the rest repeats the file.
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    throw new Failure(EXIT.config, `${path}:${error.line}: not valid TOML: ${reason}`, checkHint(path));
  }
}

function checkHint(path: string): string {
  return `correct that line, then see whether all is right: quorate config check --config ${shellWord(path)}`;
}

// The parser keeps no positions. A key's line is where the longest readable head of the file that lacks the key ends:
// exact for every spelling (quoted, dotted, over several lines), and cheap at the few lines that such a file has.
function tomlLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const all = text.split('\n');
  let readableTo = 0;
  for (let n = 1; n <= all.length; n++) {
    const isBlank = /^\s*(#.*)?$/.test(all[n - 1] ?? '');
    if (isBlank && readableTo === n - 1) {
      readableTo = n;
      continue;
    }
    try {
      for (const key of Object.keys(parseToml(`${all.slice(0, n).join('\n')}\n`))) {
        if (!lines.has(key)) lines.set(key, readableTo + 1);
      }
      readableTo = n;
    } catch {
      // In the middle of a value: more lines belong to it.
    }
  }
  return lines;
}

function tableToMap(value: unknown): unknown {
  // A list of tables; lists of scalars stay as they are.
  if (Array.isArray(value)) return value.map(tableToMap);
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
  return isTable ? new Map(Object.entries(value)) : value;
}
