// From gathered settings to the AgentOptions that an agent is started with: every value checked, every default named.
// Whether the state directory holds a cluster to go on with is the agent's question.

import { defaultsOf, MAX_VOTERS_DEFAULT, nameFromHost, settingValues } from '../../agent/defaults.ts';
import type { AgentOptions, HookOptions, Start } from '../../agent/index.ts';
import { SOCKET_PATH_BYTES_MAX } from '../../api/client.ts';
import { isProfileName, LIMITS, NAME_PATTERN, type ProfileName, travelProblem } from '../../core/index.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import { nearest } from '../nearest.ts';
import { LOG_LEVELS, PROFILE_NAMES, SETTINGS } from '../option-table.ts';
import { type Read, readAdvertise, readBind, readSeed } from './addresses.ts';
import type { Gathered, Setting } from './gather.ts';
import { readHookTable, readOn } from './hooks.ts';
import { readTag } from './tags.ts';

/** DESIGN, R11. */
const MAX_VOTERS_MAX = 15;

/** Throws a Failure: 64 for what was typed, 78 for what was configured. */
export function agentOptions(gathered: Gathered, hostName: string): AgentOptions {
  const { settings, configFile } = gathered;
  const start = startOf(settings);
  const seeds = (listOf(settings, 'join') ?? []).flatMap((part) => part.split(',')).filter((part) => part !== '');
  const join = settings.get('join');
  if (join !== undefined && seeds.length === 0) throw complaint(join, 'names no host', 'for example: --join 10.0.0.1');
  const profile = textOf(settings, 'profile');
  const bind = settings.get('bind');
  const defaults = defaultsOf(start.kind);
  const options: Omit<AgentOptions, 'settings'> = {
    start,
    seeds: [...new Set(seeds.map((seed) => checked(join, readSeed(seed))))],
    name: nameOf(settings.get('name'), hostName),
    bind: bind === undefined ? defaults.bind : checked(bind, readBind(String(bind.value), defaults.bind.port)),
    advertise: advertiseOf(settings.get('advertise')),
    clusterName: clusterOf(settings.get('cluster')),
    profile: profile === null ? defaults.profile : profileOf(settings.get('profile'), profile),
    zone: zoneOf(settings.get('zone')),
    tags: tagsOf(settings.get('tag')),
    ...votingOf(settings),
    canLead: !flagOf(settings, 'no-lead'),
    hooks: hooksOf(gathered),
    socketPath: socketOf(settings.get('socket')),
    stateDir: textOf(settings, 'state-dir'),
    isInsecure: flagOf(settings, 'insecure'),
    logLevel: logLevelOf(settings.get('log-level')),
    configFile,
  };
  return { ...options, settings: provenance(gathered, options) };
}

function startOf(settings: Gathered['settings']): Start {
  const init = settings.get('init')?.value === true ? settings.get('init') : undefined;
  const dev = settings.get('dev')?.value === true ? settings.get('dev') : undefined;
  const join = settings.get('join');
  if (init !== undefined && join !== undefined) {
    throw contradiction(init, join, 'a cluster is started once, by one agent with --init; all others come with --join');
  }
  if (init !== undefined && dev !== undefined) throw contradiction(init, dev, '--dev alone starts a new cluster already');
  if (dev !== undefined) return { kind: 'dev' };
  if (init !== undefined) return { kind: 'init' };
  return { kind: join === undefined ? 'resume' : 'join' };
}

/** Who may vote, and how many: what R11 and R12 need to know before there is a cluster. */
function votingOf(settings: Gathered['settings']): Pick<AgentOptions, 'expect' | 'maxVoters' | 'canVote'> {
  const maxVoters =
    countOf(settings.get('max-voters'), 1, MAX_VOTERS_MAX, 'an odd number such as 5 or 7 may lose most') ?? MAX_VOTERS_DEFAULT;
  const expect = settings.get('expect');
  const count = countOf(expect, 2, maxVoters, 'it is how many agents found the cluster together; at most --max-voters');
  const noVote = settings.get('no-vote')?.value === true ? settings.get('no-vote') : undefined;
  const init = settings.get('init')?.value === true ? settings.get('init') : undefined;
  if (noVote !== undefined && init !== undefined) throw contradiction(noVote, init, 'the first member of a new cluster is its first voter');
  if (expect !== undefined) {
    const join = settings.get('join');
    const dev = settings.get('dev')?.value === true ? settings.get('dev') : undefined;
    if (init !== undefined) throw contradiction(expect, init, 'take --init on one host, or --expect N with --join on all N');
    if (dev !== undefined) throw contradiction(expect, dev, '--dev alone starts a new cluster already');
    if (noVote !== undefined) throw contradiction(expect, noVote, 'each of the N that start a cluster is one of its voters');
    if (join === undefined) throw complaint(expect, 'needs seeds to find the others by', 'add --join HOST,… with the hosts of all N');
  }
  return { expect: count, maxVoters, canVote: noVote === undefined };
}

function countOf(setting: Setting | undefined, min: number, max: number, hint: string): number | null {
  if (setting === undefined) return null;
  const text = String(setting.value);
  const count = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= min && count <= max) return count;
  throw complaint(setting, `'${text}' is not a number from ${min} to ${max}`, hint);
}

function hooksOf({ settings, hooks }: Gathered): HookOptions[] {
  const on = settings.get('on');
  const typed = on === undefined ? [] : listValue(on).map((text) => checked(on, readOn(text)));
  const tables = hooks.map(({ table, label }) => {
    const read = readHookTable(table);
    if (read.kind === 'read') return read.value;
    throw new Failure(EXIT.config, `${label}: ${read.reason}`, read.hint);
  });
  return [...typed, ...tables];
}

function contradiction(one: Setting, other: Setting, hint: string): Failure {
  const exitCode = one.exitCode === EXIT.usage || other.exitCode === EXIT.usage ? EXIT.usage : EXIT.config;
  return new Failure(exitCode, `${one.label} and ${other.label} contradict each other`, hint);
}

function nameOf(setting: Setting | undefined, hostName: string): string {
  if (setting === undefined) return nameFromHost(hostName);
  const name = String(setting.value);
  if (!NAME_PATTERN.test(name)) throw complaint(setting, `'${name}' cannot be a name`, nameRule(name));
  return name;
}

function nameRule(name: string): string {
  if (name.length > LIMITS.nameLengthMax) return `it has ${name.length} characters, at most ${LIMITS.nameLengthMax} are possible`;
  return 'it consists of letters, digits, dot, underscore and hyphen';
}

function clusterOf(setting: Setting | undefined): string {
  if (setting === undefined) return 'default';
  const name = String(setting.value);
  if (!NAME_PATTERN.test(name)) throw complaint(setting, `'${name}' cannot name a cluster`, nameRule(name));
  return name;
}

function advertiseOf(setting: Setting | undefined): string | null {
  return setting === undefined ? null : checked(setting, readAdvertise(String(setting.value)));
}

function profileOf(setting: Setting | undefined, text: string): ProfileName {
  if (isProfileName(text)) return text;
  throw choiceComplaint(setting, text, PROFILE_NAMES);
}

function logLevelOf(setting: Setting | undefined): string {
  const level = setting === undefined ? 'info' : String(setting.value);
  if (!LOG_LEVELS.some((known) => known === level)) throw choiceComplaint(setting, level, LOG_LEVELS);
  return level;
}

function zoneOf(setting: Setting | undefined): string {
  const zone = setting === undefined ? '' : String(setting.value);
  const problem = travelProblem(zone);
  if (problem !== null) throw complaint(setting, problem, 'write it with whole characters');
  const bytes = Buffer.byteLength(zone);
  if (bytes > LIMITS.zoneLengthMax)
    throw complaint(setting, `has ${bytes} bytes, at most ${LIMITS.zoneLengthMax} are possible`, 'choose a shorter one');
  return zone;
}

function tagsOf(setting: Setting | undefined): [string, string][] {
  if (setting === undefined) return [];
  const tags = new Map<string, string>();
  for (const text of listValue(setting)) {
    const [key, value] = checked(setting, readTag(text));
    if (tags.has(key)) throw complaint(setting, `'${key}' is given twice`, 'a tag has one value');
    tags.set(key, value);
  }
  if (tags.size > LIMITS.tagsMax)
    throw complaint(setting, `there are ${tags.size} tags, at most ${LIMITS.tagsMax} are possible`, 'take some out');
  return [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
}

function socketOf(setting: Setting | undefined): string | null {
  if (setting === undefined) return null;
  const path = String(setting.value);
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES_MAX)
    throw complaint(
      setting,
      `the path has ${bytes} bytes, at most ${SOCKET_PATH_BYTES_MAX} are possible: ${path}`,
      'choose a shorter directory',
    );
  return path;
}

function checked<T>(setting: Setting | undefined, result: Read<T>): T {
  if (result.kind === 'read') return result.value;
  throw complaint(setting, result.reason, result.hint);
}

function choiceComplaint(setting: Setting | undefined, text: string, choices: readonly string[]): Failure {
  const near = nearest(text, choices);
  return complaint(setting, `cannot be '${text}'`, `${near === null ? '' : `did you mean '${near}'? `}One of: ${choices.join(', ')}`);
}

function complaint(setting: Setting | undefined, reason: string, hint: string): Failure {
  return new Failure(setting?.exitCode ?? EXIT.usage, `${setting?.label ?? ''}: ${reason}`, hint);
}

function textOf(settings: Gathered['settings'], name: string): string | null {
  const value = settings.get(name)?.value;
  return typeof value === 'string' ? value : null;
}

function flagOf(settings: Gathered['settings'], name: string): boolean {
  return settings.get(name)?.value === true;
}

function listOf(settings: Gathered['settings'], name: string): readonly string[] | null {
  const setting = settings.get(name);
  return setting === undefined ? null : listValue(setting);
}

function listValue({ value }: Setting): readonly string[] {
  return typeof value === 'string' ? [value] : typeof value === 'boolean' ? [] : value;
}

function provenance({ settings, hooks }: Gathered, options: Omit<AgentOptions, 'settings'>): AgentOptions['settings'] {
  const values = settingValues(options);
  const origins = (name: string): string[] =>
    [settings.get(name)?.from, name === 'on' ? hooks[0]?.from : undefined].filter((from) => from !== undefined);
  return Object.fromEntries(SETTINGS.map(({ name }) => [name, { value: values[name], from: origins(name).join(' and ') || 'default' }]));
}
