// What an agent is started with where nothing else is said, for the command line and the library alike, and the names under
// which settings are shown. Whether a value can be is checked by who reads it: cli/ with the place it came from, here for programs.

import { homedir, hostname } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { isProfileName, LIMITS } from '../core/index.ts';
import { DEFAULT_PORT } from './endpoint.ts';
import { OperationalError } from './operational-error.ts';
import type { AgentOptions, HookOptions, Start } from './options.ts';

/** Small enough that a majority is quick to ask, large enough to lose three (R11). */
export const MAX_VOTERS_DEFAULT = 7;

/** What a program gives: as much of it as it likes. */
export interface StartOptions extends Partial<Omit<AgentOptions, 'start' | 'tags' | 'settings' | 'configFile'>> {
  readonly start?: Start['kind'];
  readonly tags?: Readonly<Record<string, string>>;
}

/** `dev` stays on loopback, on a free port, with short timings. */
export function defaultsOf(kind: Start['kind']): Pick<AgentOptions, 'bind' | 'profile'> {
  return kind === 'dev'
    ? { bind: { host: '127.0.0.1', port: 0 }, profile: 'local' }
    : { bind: { host: null, port: DEFAULT_PORT }, profile: 'lan' };
}

export type StateDirChoice = { readonly kind: 'temporary' } | { readonly kind: 'path'; readonly path: string };

/** INTERFACE: `--state-dir`, else `/var/lib/quorate` for root, else `$XDG_STATE_HOME/quorate`; with `--dev` a temporary one. */
export function chooseStateDir(
  wished: string | null,
  isDev: boolean,
  env: Readonly<Record<string, string | undefined>>,
  isRoot: boolean,
): StateDirChoice {
  if (wished !== null) return { kind: 'path', path: wholePath(wished) };
  if (isDev) return { kind: 'temporary' };
  if (isRoot) return { kind: 'path', path: '/var/lib/quorate' };
  // A relative one is to be ignored, says the XDG specification.
  const stateHome = env.XDG_STATE_HOME;
  const base = stateHome !== undefined && isAbsolute(stateHome) ? stateHome : join(env.HOME ?? homedir(), '.local', 'state');
  return { kind: 'path', path: join(base, 'quorate') };
}

function wholePath(dir: string): string {
  try {
    return resolve(dir);
  } catch (thrown) {
    throw new OperationalError(
      'state-unwritable',
      `the state directory ${dir} is nowhere: the working directory was removed`,
      'Change to a directory that is there, or give the whole path by --state-dir.',
      { cause: thrown },
    );
  }
}

/** The short host name, with what a name may not hold replaced. */
export function nameFromHost(hostName: string): string {
  const short = (hostName.split('.')[0] ?? '').replace(/[^A-Za-z0-9._-]/g, '-').slice(0, LIMITS.nameLengthMax);
  return short === '' ? 'node' : short;
}

const OPTION_OF: Readonly<Record<string, keyof StartOptions>> = {
  init: 'start',
  join: 'seeds',
  dev: 'start',
  name: 'name',
  bind: 'bind',
  advertise: 'advertise',
  cluster: 'clusterName',
  socket: 'socketPath',
  'state-dir': 'stateDir',
  profile: 'profile',
  'no-vote': 'canVote',
  'no-lead': 'canLead',
  'max-voters': 'maxVoters',
  expect: 'expect',
  zone: 'zone',
  tag: 'tags',
  on: 'hooks',
  insecure: 'isInsecure',
  'log-level': 'logLevel',
};

/** All options of a program that gave these. Without seeds it is a dev agent; its log is silent, for standard output is the program's. */
export function defaultOptions(given: StartOptions = {}): AgentOptions {
  refuseUnknown(given);
  const kind = given.start ?? (given.seeds === undefined ? 'dev' : 'join');
  const profile = given.profile ?? defaultsOf(kind).profile;
  if (!['init', 'join', 'dev', 'resume'].includes(kind)) throw usage(`start cannot be '${kind}'`, "one of 'init', 'join', 'dev', 'resume'");
  if (!isProfileName(profile)) throw usage(`profile cannot be '${profile}'`, "one of 'local', 'lan', 'wan'");
  const options: Omit<AgentOptions, 'settings'> = {
    start: { kind },
    seeds: given.seeds ?? [],
    name: given.name ?? nameFromHost(hostname()),
    bind: given.bind ?? defaultsOf(kind).bind,
    advertise: given.advertise ?? null,
    clusterName: given.clusterName ?? 'default',
    profile,
    zone: given.zone ?? '',
    tags: Object.entries(given.tags ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    canVote: given.canVote ?? true,
    canLead: given.canLead ?? true,
    maxVoters: given.maxVoters ?? MAX_VOTERS_DEFAULT,
    expect: given.expect ?? null,
    hooks: given.hooks ?? [],
    socketPath: given.socketPath ?? null,
    stateDir: given.stateDir ?? null,
    isInsecure: given.isInsecure ?? false,
    logLevel: given.logLevel ?? 'silent',
    configFile: null,
  };
  const settings = Object.entries(settingValues(options)).map(([name, value]) => {
    const option = OPTION_OF[name];
    return [name, { value, from: option !== undefined && given[option] !== undefined ? 'program' : 'default' }];
  });
  return { ...options, settings: Object.fromEntries(settings) };
}

/** By the names that the command line, the environment and the file have for them. */
export function settingValues(options: Omit<AgentOptions, 'settings'>): Readonly<Record<string, unknown>> {
  const bindHost = options.bind.host ?? '';
  return {
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
    'no-lead': !options.canLead,
    'max-voters': options.maxVoters,
    expect: options.expect,
    zone: options.zone,
    tag: options.tags.map(([key, value]) => `${key}=${value}`),
    on: options.hooks.map(hookText),
    insecure: options.isInsecure,
    'log-level': options.logLevel,
  };
}

function hookText({ events, command, timeoutMs }: HookOptions): string {
  const line = command.kind === 'shell' ? `shell: ${command.text}` : command.words.join(' ');
  return `${events.length === 0 ? 'sync' : events.join(',')}=${line} (${timeoutMs} ms)`;
}

function refuseUnknown(given: StartOptions): void {
  const known = new Set<string>(Object.values(OPTION_OF));
  const unknown = Object.keys(given).find((key) => !known.has(key));
  if (unknown !== undefined) throw usage(`there is no option '${unknown}'`, `there are ${[...known].join(', ')}`);
}

function usage(message: string, hint: string): OperationalError {
  return new OperationalError('usage', `Agent.start: ${message}`, hint);
}
