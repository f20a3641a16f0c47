// From gathered settings to the AgentOptions that an agent is started with: every value checked, every default named.
// Whether the state directory holds a cluster to go on with is the agent's question.

import type { AgentOptions, Start } from '../../agent/index.ts';
import { SOCKET_PATH_BYTES_MAX } from '../../api/client.ts';
import { isProfileName, LIMITS, NAME_PATTERN, type ProfileName } from '../../core/index.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import { nearest } from '../nearest.ts';
import { LOG_LEVELS, PROFILE_NAMES, SETTINGS } from '../option-table.ts';
import { DEFAULT_PORT, type Read, readAdvertise, readBind, readSeed } from './addresses.ts';
import type { Gathered, Setting } from './gather.ts';
import { readTag } from './tags.ts';

/** Throws a Failure: 64 for what was typed, 78 for what was configured. */
export function agentOptions({ settings, configFile }: Gathered, hostName: string): AgentOptions {
  const start = startOf(settings);
  const isDev = start.kind === 'dev';
  const seeds = (listOf(settings, 'join') ?? []).flatMap((part) => part.split(',')).filter((part) => part !== '');
  const join = settings.get('join');
  if (join !== undefined && seeds.length === 0) throw complaint(join, 'names no host', 'for example: --join 10.0.0.1');
  const profile = textOf(settings, 'profile');
  const bind = settings.get('bind');
  const defaultBind = isDev ? { host: '127.0.0.1', port: 0 } : { host: null, port: DEFAULT_PORT };
  const options: Omit<AgentOptions, 'settings'> = {
    start,
    seeds: [...new Set(seeds.map((seed) => checked(join, readSeed(seed))))],
    name: nameOf(settings.get('name'), hostName),
    bind: bind === undefined ? defaultBind : checked(bind, readBind(String(bind.value), isDev ? 0 : DEFAULT_PORT)),
    advertise: advertiseOf(settings.get('advertise')),
    clusterName: clusterOf(settings.get('cluster')),
    profile: profile === null ? (isDev ? 'local' : 'lan') : profileOf(settings.get('profile'), profile),
    zone: zoneOf(settings.get('zone')),
    tags: tagsOf(settings.get('tag')),
    canVote: !flagOf(settings, 'no-vote'),
    socketPath: socketOf(settings.get('socket')),
    stateDir: textOf(settings, 'state-dir'),
    isInsecure: flagOf(settings, 'insecure'),
    logLevel: logLevelOf(settings.get('log-level')),
    configFile,
  };
  return { ...options, settings: provenance(settings, options) };
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

/** The short host name, with what a name may not hold replaced. */
export function nameFromHost(hostName: string): string {
  const short = (hostName.split('.')[0] ?? '').replace(/[^A-Za-z0-9._-]/g, '-').slice(0, LIMITS.nameLengthMax);
  return short === '' ? 'node' : short;
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
  const bytes = Buffer.byteLength(zone);
  if (bytes > LIMITS.zoneLengthMax) throw complaint(setting, `has ${bytes} bytes, at most ${LIMITS.zoneLengthMax} are possible`);
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
  if (tags.size > LIMITS.tagsMax) throw complaint(setting, `there are ${tags.size} tags, at most ${LIMITS.tagsMax} are possible`);
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
  throw complaint(setting, result.reason);
}

function choiceComplaint(setting: Setting | undefined, text: string, choices: readonly string[]): Failure {
  const near = nearest(text, choices);
  return complaint(setting, `cannot be '${text}'`, `${near === null ? '' : `did you mean '${near}'? `}One of: ${choices.join(', ')}`);
}

function complaint(setting: Setting | undefined, reason: string, hint = ''): Failure {
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

function provenance(settings: Gathered['settings'], options: Omit<AgentOptions, 'settings'>): AgentOptions['settings'] {
  const bindHost = options.bind.host ?? '';
  const effective: Readonly<Record<string, unknown>> = {
    init: options.start.kind === 'init',
    join: options.seeds,
    dev: options.start.kind === 'dev',
    name: options.name,
    bind: `${bindHost.includes(':') ? `[${bindHost}]` : bindHost}:${options.bind.port}`,
    advertise: options.advertise,
    cluster: options.clusterName,
    socket: options.socketPath,
    'state-dir': options.stateDir,
    profile: options.profile,
    'no-vote': !options.canVote,
    zone: options.zone,
    tag: options.tags.map(([key, value]) => `${key}=${value}`),
    insecure: options.isInsecure,
    'log-level': options.logLevel,
  };
  return Object.fromEntries(SETTINGS.map(({ name }) => [name, { value: effective[name], from: settings.get(name)?.from ?? 'default' }]));
}
