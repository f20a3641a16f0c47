// Hooks as they are written: `--on EVENT[,EVENT]=CMD` and `[[hook]]` tables. Words are split as a shell would split plain ones,
// but no shell ever sees them, unless a table gives one text and says `shell = true`.

import type { HookOptions } from '../../agent/index.ts';
import { readDurationMs } from '../duration.ts';
import { nearest } from '../nearest.ts';
import { EVENT_TYPES } from '../option-table.ts';
import { type Read, wrong } from './addresses.ts';

const TIMEOUT_DEFAULT_MS = 30_000;
const TIMEOUT_MAX_MS = 3_600_000;
const COMMAND_EXAMPLE = 'for example: /usr/local/bin/drop-address eth0';
const KEYS = ['event', 'command', 'shell', 'timeout'] as const;
/** `sync` comes to every hook; one that is for nothing else names it. */
const HOOK_EVENTS = [...EVENT_TYPES.filter((type) => type !== 'lost'), 'sync'];

export function readOn(text: string): Read<HookOptions> {
  const equals = text.indexOf('=');
  if (equals < 1) return wrong(`'${text}' is not EVENT=CMD`, 'for example: fenced=/usr/local/bin/drop-address');
  const events = readEvents(text.slice(0, equals).split(','));
  if (events.kind === 'wrong') return events;
  const words = splitWords(text.slice(equals + 1));
  if (words.kind === 'wrong') return words;
  return { kind: 'read', value: { events: events.value, command: { kind: 'program', words: words.value }, timeoutMs: TIMEOUT_DEFAULT_MS } };
}

/** One table of a settings file. */
export function readHookTable(table: unknown): Read<HookOptions> {
  if (!(table instanceof Map)) return wrong('is not a table', 'write [[hook]] above its lines');
  for (const key of table.keys()) {
    if (KEYS.some((known) => known === key)) continue;
    const near = nearest(String(key), KEYS);
    return wrong(`has no key '${key}'`, near === null ? `one of: ${KEYS.join(', ')}` : `did you mean '${near}'?`);
  }
  const named: unknown = table.get('event');
  const events = readEvents(typeof named === 'string' ? [named] : named);
  if (events.kind === 'wrong') return events;
  const command = readCommand(table.get('command'), table.get('shell'));
  if (command.kind === 'wrong') return command;
  const timeoutMs = readTimeout(table.get('timeout'));
  if (timeoutMs.kind === 'wrong') return timeoutMs;
  return { kind: 'read', value: { events: events.value, command: command.value, timeoutMs: timeoutMs.value } };
}

function readEvents(names: unknown): Read<HookOptions['events']> {
  if (!Array.isArray(names) || names.length === 0) return wrong('names no event', `one of: ${HOOK_EVENTS.join(', ')}`);
  const events: HookOptions['events'][number][] = [];
  for (const name of names.map(String)) {
    const known = EVENT_TYPES.find((type) => type === name);
    if (known !== undefined && known !== 'lost') events.push(known);
    else if (name !== 'sync') {
      const near = nearest(name, HOOK_EVENTS);
      return wrong(`there is no event '${name}'`, near === null ? `one of: ${HOOK_EVENTS.join(', ')}` : `did you mean '${near}'?`);
    }
  }
  return { kind: 'read', value: events };
}

function readCommand(command: unknown, shell: unknown): Read<HookOptions['command']> {
  if (shell !== undefined && typeof shell !== 'boolean') return wrong("'shell' is true or false", 'write it without quotes');
  if (typeof command === 'string') {
    if (shell === true)
      return command.trim() === ''
        ? wrong('its command is empty', COMMAND_EXAMPLE)
        : { kind: 'read', value: { kind: 'shell', text: command } };
    const words = splitWords(command);
    return words.kind === 'wrong' ? words : { kind: 'read', value: { kind: 'program', words: words.value } };
  }
  if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === 'string') || command[0] === '')
    return wrong('its command must be a text, or a list of texts: program and arguments', COMMAND_EXAMPLE);
  if (shell === true) return wrong('a shell takes its command as one text', 'write it as one, or leave shell out');
  return { kind: 'read', value: { kind: 'program', words: command } };
}

function readTimeout(timeout: unknown): Read<number> {
  if (timeout === undefined) return { kind: 'read', value: TIMEOUT_DEFAULT_MS };
  const ms = typeof timeout === 'string' ? readDurationMs(timeout) : null;
  if (ms === null || ms < 1 || ms > TIMEOUT_MAX_MS) return wrong("'timeout' is not a time", 'such as "5s", at most "1h"');
  return { kind: 'read', value: ms };
}

/** Blanks part words; quotes of both kinds and a backslash keep them together. Nothing is ever replaced. */
export function splitWords(text: string): Read<readonly string[]> {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] as string;
    if (quote === "'" ? sign === quote : quote === '"' && sign === quote) quote = '';
    else if (sign === '\\' && quote !== "'" && i + 1 < text.length) {
      i += 1;
      word = (word ?? '') + text[i];
    } else if (quote === '' && (sign === '"' || sign === "'")) {
      quote = sign;
      word ??= '';
    } else if (quote === '' && /\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + sign;
  }
  if (quote !== '') return wrong(`a quote is not closed in: ${text}`, 'close it; a backslash before it makes it a plain sign');
  if (word !== null) words.push(word);
  return words.length === 0 || words[0] === '' ? wrong('no command is given', COMMAND_EXAMPLE) : { kind: 'read', value: words };
}
