// Puts the layers of settings together: flag > QUORATE_* environment > file > default. Each value keeps where it came from,
// for /v1/config and for every complaint. What a value means is agent-options.ts's.

import { type CommandLine, textOf } from '../command-line.ts';
import { EXIT, type ExitCode, Failure } from '../exit-codes.ts';
import { nearest } from '../nearest.ts';
import { LATER_SETTINGS, type OptionSpec, SETTINGS } from '../option-table.ts';
import { type ConfigFile, type FileEntry, readConfigFile } from './config-file.ts';

export interface Setting {
  readonly value: string | boolean | readonly string[];
  /** `flag`, `environment QUORATE_X` or `file PATH:LINE`. */
  readonly from: string;
  /** How a complaint names it: as the user wrote it. */
  readonly label: string;
  /** What a wrong value ends with: 64 for what was typed, 78 for what was configured. */
  readonly exitCode: ExitCode;
}

/** A `[[hook]]` of the file. */
export interface HookSetting {
  readonly table: unknown;
  readonly from: string;
  readonly label: string;
}

export interface Gathered {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly hooks: readonly HookSetting[];
  readonly configFile: string | null;
}

const HOOK_KEY = 'hook';

type Environment = Readonly<Record<string, string | undefined>>;

export function gatherSettings(line: CommandLine, env: Environment): Gathered {
  const named = env.QUORATE_CONFIG;
  const configFile = textOf(line, 'config') ?? (named === undefined || named === '' ? null : named);
  const settings = new Map<string, Setting>();
  const file = configFile === null ? null : readConfigFile(configFile);
  if (file !== null) for (const [name, setting] of fileSettings(file)) settings.set(name, setting);
  for (const [name, setting] of environmentSettings(env)) settings.set(name, setting);
  for (const { name } of SETTINGS) {
    const value = line.flags.get(name);
    if (value !== undefined) settings.set(name, { value, from: 'flag', label: `--${name}`, exitCode: EXIT.usage });
  }
  return { settings, hooks: file === null ? [] : hookSettings(file), configFile };
}

export function environmentName(setting: string): string {
  return `QUORATE_${setting.toUpperCase().replaceAll('-', '_')}`;
}

// What others put into the environment under our prefix and what is therefore no mistake: what hooks and `run` are handed,
// and what Kubernetes injects for a service that is called quorate.
const FOREIGN_VARIABLE =
  /^QUORATE_(CONFIG|EVENT|NODE|STANDING|LEADER|TOKEN|SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/;

function* environmentSettings(env: Environment): Generator<readonly [string, Setting]> {
  const byVariable = new Map(SETTINGS.map((option) => [environmentName(option.name), option]));
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('QUORATE_') || text === undefined || text === '' || FOREIGN_VARIABLE.test(variable)) continue;
    const option = byVariable.get(variable);
    if (option === undefined) {
      if (LATER_SETTINGS.map(environmentName).includes(variable))
        throw new Failure(EXIT.config, `this version does not have ${variable} yet`, `unset ${variable}`);
      const near = nearest(variable, byVariable.keys());
      throw new Failure(
        EXIT.config,
        `unknown environment variable ${variable}`,
        near === null ? `unset ${variable}` : `did you mean ${near}?`,
      );
    }
    yield [
      option.name,
      { value: environmentValue(option, variable, text), from: `environment ${variable}`, label: variable, exitCode: EXIT.config },
    ];
  }
}

function environmentValue(option: OptionSpec, variable: string, text: string): Setting['value'] {
  if (option.kind === 'text') return text;
  if (option.kind === 'list') return text.split(option.isWhole === true ? '\n' : ',').filter((part) => part !== '');
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new Failure(EXIT.config, `${variable} cannot be '${text}'`, 'it is true or false');
}

function hookSettings(file: ConfigFile): HookSetting[] {
  const entry = file.entries.get(HOOK_KEY);
  if (entry === undefined) return [];
  const place = `${file.path}:${entry.line}`;
  if (!Array.isArray(entry.value))
    throw new Failure(
      EXIT.config,
      `${place}: '${HOOK_KEY}' must be a list of tables, not ${typeName(entry.value)}`,
      'write [[hook]] above each',
    );
  return entry.value.map((table: unknown, i) => ({ table, from: `file ${place}`, label: `${place}: hook ${i + 1}` }));
}

function* fileSettings(file: ConfigFile): Generator<readonly [string, Setting]> {
  const byName = new Map(SETTINGS.map((option) => [option.name, option]));
  for (const [key, entry] of file.entries) {
    if (key === HOOK_KEY) continue;
    const place = `${file.path}:${entry.line}`;
    // `[tags]` is the readable spelling of `tag = ["k=v"]`.
    const option = byName.get(key === 'tags' ? 'tag' : key);
    if (option === undefined) {
      if (LATER_SETTINGS.includes(key)) throw new Failure(EXIT.config, `${place}: this version does not have '${key}' yet`, 'take it out');
      const near = nearest(key, [...byName.keys(), 'tags', HOOK_KEY]);
      throw new Failure(
        EXIT.config,
        `${place}: unknown key '${key}'`,
        near === null ? 'quorate help agent lists the settings' : `did you mean '${near}'?`,
      );
    }
    if (key === 'tags' && file.entries.has('tag'))
      throw new Failure(EXIT.config, `${place}: both 'tag' and 'tags' are given`, 'keep one of them');
    const value = key === 'tags' ? tagTable(place, entry) : fileValue(option, place, entry);
    yield [option.name, { value, from: `file ${place}`, label: `${place}: ${key}`, exitCode: EXIT.config }];
  }
}

function fileValue(option: OptionSpec, place: string, { value }: FileEntry): Setting['value'] {
  if (option.kind === 'flag' && typeof value === 'boolean') return value;
  if (option.kind !== 'flag' && typeof value === 'string') return option.kind === 'list' ? [value] : value;
  if (option.isNumber === true && (typeof value === 'number' || typeof value === 'bigint')) return String(value);
  if (option.kind === 'list' && Array.isArray(value) && value.every((part) => typeof part === 'string')) return value;
  const wanted = { flag: 'true or false', text: 'a string in quotes', list: 'a string or a list of strings' }[option.kind];
  throw new Failure(EXIT.config, `${place}: '${option.name}' must be ${wanted}, not ${typeName(value)}`, rightType(option, value));
}

function tagTable(place: string, { value }: FileEntry): readonly string[] {
  if (!(value instanceof Map))
    throw new Failure(EXIT.config, `${place}: 'tags' must be a table of strings, not ${typeName(value)}`, 'or write: tag = ["k=v"]');
  return [...value].map(([key, of]) => {
    if (typeof of !== 'string')
      throw new Failure(EXIT.config, `${place}: the tag '${key}' must be a string in quotes, not ${typeName(of)}`, inQuotes(of));
    return `${key}=${of}`;
  });
}

/** What to write instead, the same in TOML and JSON. */
function rightType({ kind, value: placeholder = 'TEXT' }: OptionSpec, value: unknown): string {
  if (kind === 'flag') return 'write true or false, without quotes';
  return kind === 'list' ? `write a list: ["${placeholder}"]` : inQuotes(value, placeholder);
}

function inQuotes(value: unknown, placeholder = 'TEXT'): string {
  const isPlain = ['number', 'bigint', 'boolean'].includes(typeof value);
  return `write it in quotes: "${isPlain ? String(value) : placeholder}"`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a table';
  if (value instanceof Date) return 'a date';
  return `a ${typeof value}`;
}
