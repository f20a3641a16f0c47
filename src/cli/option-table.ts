// Every verb and every option, once: parsing, help, error texts, completion, settings file and environment all read this.
// It is plain data without an import, because the hot verbs load it on every start.

export interface OptionSpec {
  /** The long flag, which is also the key in the settings file and, in capitals, the environment variable. */
  readonly name: string;
  /** `list` may be given several times and holds commas, unless its values are `whole`. */
  readonly kind: 'flag' | 'text' | 'list';
  readonly short?: string;
  /** What stands for the value in help. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly completes?: 'file' | 'directory';
  /** In the environment each line is a value. */
  readonly isWhole?: true;
  /** A file may hold it as a number. */
  readonly isNumber?: true;
  readonly describe: string;
}

export interface VerbSpec {
  readonly name: string;
  /** As help shows them. */
  readonly operands: string;
  readonly operandsMin: number;
  readonly operandsMax: number;
  /** For completion. */
  readonly operandChoices?: readonly string[];
  readonly operandsAreMembers?: true;
  /** What follows two hyphens is another program's line and not looked at. */
  readonly takesCommand?: true;
  readonly describe: string;
  readonly options: readonly OptionSpec[];
  /** Options that the interface names and a later version brings. */
  readonly laterOptions?: readonly string[];
  readonly examples?: readonly string[];
}

export const MEMBER_STATE_NAMES = ['alive', 'suspect', 'failed', 'left', 'stopped'] as const;
export const PROFILE_NAMES = ['local', 'lan', 'wan'] as const;
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const EVENT_TYPES = [
  'member-joined',
  'member-suspect',
  'member-alive',
  'member-failed',
  'member-left',
  'member-stopped',
  'member-updated',
  'udp-blocked',
  'tcp-blocked',
  'unblocked',
  'quorate',
  'fenced',
  'fence-failed',
  'leader-changed',
  'record-changed',
  'lost',
] as const;

const help: OptionSpec = { name: 'help', kind: 'flag', short: 'h', describe: 'Show what can be typed here' };
const socket: OptionSpec = { name: 'socket', kind: 'text', value: 'PATH', completes: 'file', describe: "The agent's Unix socket" };
const json: OptionSpec = { name: 'json', kind: 'flag', describe: 'One JSON document instead of a table' };
const watch: OptionSpec = { name: 'watch', kind: 'flag', describe: 'Redraw on a terminal, append a JSON line per change off it' };

/** What an agent can be told by flag, environment or file. */
export const SETTINGS: readonly OptionSpec[] = [
  { name: 'init', kind: 'flag', describe: 'Start a new cluster, unless the state directory holds one' },
  { name: 'join', kind: 'list', value: 'HOST[:PORT]', describe: 'Join by these seeds, tried for ever; repeatable, commas allowed' },
  { name: 'dev', kind: 'flag', describe: 'Try it out: loopback, free port, temporary state, a new cluster' },
  { name: 'name', kind: 'text', value: 'NAME', describe: 'Name of this member (default: short host name)' },
  { name: 'bind', kind: 'text', value: 'ADDR:PORT', describe: 'Listen here, UDP and TCP (default: every address, port 7946)' },
  { name: 'advertise', kind: 'text', value: 'ADDR[:PORT]|@IFACE', describe: 'What peers are told to reach this agent at' },
  { name: 'cluster', kind: 'text', value: 'NAME', describe: 'Name of the cluster; agents of another one are refused (default: default)' },
  socket,
  { name: 'state-dir', kind: 'text', value: 'DIR', completes: 'directory', describe: 'Where identity and incarnation are kept' },
  {
    name: 'profile',
    kind: 'text',
    value: 'PROFILE',
    choices: PROFILE_NAMES,
    describe: 'Timings of a new cluster (default: lan; with --dev: local)',
  },
  {
    name: 'expect',
    kind: 'text',
    isNumber: true,
    value: 'N',
    describe: 'Start a new cluster as soon as exactly N agents without state are there, by --join',
  },
  { name: 'max-voters', kind: 'text', isNumber: true, value: 'N', describe: 'How many members of a new cluster vote (default: 7)' },
  { name: 'no-vote', kind: 'flag', describe: 'Never become a voter' },
  { name: 'no-lead', kind: 'flag', describe: 'Never become the leader: a witness' },
  { name: 'zone', kind: 'text', value: 'ZONE', describe: 'Where this member stands, for people and placement' },
  { name: 'tag', kind: 'list', value: 'K=V', describe: 'A label that travels with the member; repeatable' },
  {
    name: 'on',
    kind: 'list',
    isWhole: true,
    value: 'EVENT=CMD',
    describe: 'Run a command at an event (several: a,b=CMD), without a shell; repeatable',
  },
  { name: 'insecure', kind: 'flag', describe: 'Run without a key off loopback' },
  { name: 'log-level', kind: 'text', value: 'LEVEL', choices: LOG_LEVELS, describe: 'How much the agent logs (default: info)' },
];

const config: OptionSpec = { name: 'config', kind: 'text', value: 'FILE', completes: 'file', describe: 'Settings file, TOML or JSON' };

/** Named by the interface, brought by later versions: refused with that reason instead of a guess at a typing mistake. */
export const LATER_SETTINGS: readonly string[] = ['key-file', 'http'];

export const VERBS: readonly VerbSpec[] = [
  {
    name: 'agent',
    operands: '',
    operandsMin: 0,
    operandsMax: 0,
    describe: "Run this host's agent in the foreground",
    options: [...SETTINGS, config, help],
    laterOptions: LATER_SETTINGS,
    examples: ['quorate agent --dev', 'quorate agent --init', 'quorate agent --join 10.0.0.1,10.0.0.2'],
  },
  {
    name: 'status',
    operands: '',
    operandsMin: 0,
    operandsMax: 0,
    describe: 'Show where this agent stands and what is wrong',
    options: [
      { name: 'quiet', kind: 'flag', short: 'q', describe: 'Print nothing, answer by the exit code' },
      { name: 'min-lease', kind: 'text', value: 'MS', describe: 'Count as quorate only with so much of the lease left' },
      { name: 'confirm', kind: 'flag', describe: 'Ask a majority of the voters first, instead of trusting the lease' },
      json,
      watch,
      socket,
      help,
    ],
    examples: ['quorate status -q --min-lease 1000 && ./short-job'],
  },
  {
    name: 'members',
    operands: '',
    operandsMin: 0,
    operandsMax: 0,
    describe: 'List the members',
    options: [
      { name: 'state', kind: 'text', value: 'STATE', choices: MEMBER_STATE_NAMES, describe: 'Only those in this state' },
      { name: 'tag', kind: 'text', value: 'K=V', describe: 'Only those with this tag' },
      json,
      watch,
      socket,
      help,
    ],
    examples: ['quorate members --state failed', 'quorate members --json | jq -r .members[].address'],
  },
  { name: 'leader', operands: '', operandsMin: 0, operandsMax: 0, describe: 'Show the leader', options: [json, socket, help] },
  {
    name: 'events',
    operands: '',
    operandsMin: 0,
    operandsMax: 0,
    describe: 'Show what happened',
    options: [
      { name: 'follow', kind: 'flag', describe: 'Stay and show what happens' },
      { name: 'since', kind: 'text', value: 'ID', describe: 'Only events after this id' },
      { name: 'type', kind: 'list', value: 'TYPE', choices: EVENT_TYPES, describe: 'Only these types; commas allowed' },
      { name: 'json', kind: 'flag', describe: 'One JSON document a line' },
      socket,
      help,
    ],
  },
  {
    name: 'wait',
    operands: 'quorate|leader|can-lose=N|member=NAME|members=N',
    operandsMin: 1,
    operandsMax: 1,
    operandChoices: ['quorate', 'leader', 'can-lose=', 'member=', 'members='],
    describe: 'Wait until something is true; keeps trying while no agent answers',
    options: [
      { name: 'timeout', kind: 'text', value: 'TIME', describe: 'Give up with 124 after 500ms, 60s, 2m (default: 60s)' },
      socket,
      help,
    ],
    examples: ['quorate wait members=3 --timeout 30s'],
  },
  {
    name: 'run',
    operands: '--quorate|--leader -- CMD…',
    operandsMin: 1,
    operandsMax: Number.POSITIVE_INFINITY,
    takesCommand: true,
    describe: 'Run a command only while this host is quorate, or the leader; it is stopped before anybody else takes over',
    options: [
      { name: 'quorate', kind: 'flag', describe: 'While this host is quorate' },
      { name: 'leader', kind: 'flag', describe: 'While this host is the leader' },
      { name: 'grace', kind: 'text', value: 'MS', describe: 'From TERM to KILL when the lease is lost (default: what the timings allow)' },
      { name: 'timeout', kind: 'text', value: 'TIME', describe: 'Give up waiting for the lease with 124 (default: never)' },
      socket,
      help,
    ],
    examples: ['quorate run --leader -- ./worker --verbose', 'quorate run --quorate --grace 500 -- nginx -g "daemon off;"'],
  },
  {
    name: 'join',
    operands: 'HOST[:PORT]…',
    operandsMin: 1,
    operandsMax: 64,
    describe: 'Tell the running agent further seeds',
    options: [socket, help],
  },
  {
    name: 'leave',
    operands: '',
    operandsMin: 0,
    operandsMax: 0,
    describe: 'Leave the cluster for good and end the agent',
    options: [socket, help],
  },
  {
    name: 'forget',
    operands: 'NAME',
    operandsMin: 1,
    operandsMax: 1,
    operandsAreMembers: true,
    describe: 'Drop a member that is gone from the list',
    options: [socket, help],
  },
  {
    name: 'voters',
    operands: '[add|remove NAME]',
    operandsMin: 0,
    operandsMax: 2,
    operandChoices: ['add', 'remove'],
    describe: 'List the voters, or let a member vote or not vote',
    options: [json, socket, help],
    examples: ['quorate voters remove n2'],
  },
  {
    name: 'recover',
    operands: '',
    operandsMin: 0,
    operandsMax: 0,
    describe: 'After losing the majority for good: go on as a new cluster of this node alone',
    options: [{ name: 'force', kind: 'flag', describe: 'Yes; the name of the cluster is asked for' }, socket, help],
    examples: ['quorate recover --force'],
  },
  {
    name: 'explain',
    operands: '[NAME|fence|leader]',
    operandsMin: 0,
    operandsMax: 1,
    operandChoices: ['fence', 'leader'],
    describe: 'Say why it is as it is, and what to do next',
    options: [json, socket, help],
    examples: ['quorate explain fence'],
  },
  {
    name: 'tag',
    operands: 'set K=V… | rm K…',
    operandsMin: 2,
    operandsMax: 65,
    operandChoices: ['set', 'rm'],
    describe: "Change this member's tags",
    options: [socket, help],
  },
  {
    name: 'config',
    operands: 'check|show',
    operandsMin: 1,
    operandsMax: 1,
    operandChoices: ['check', 'show'],
    describe: 'Check the settings, or show them with where each came from',
    options: [...SETTINGS, config, { name: 'running', kind: 'flag', describe: 'Show what the running agent started with' }, json, help],
    laterOptions: LATER_SETTINGS,
  },
  {
    name: 'log-level',
    operands: 'LEVEL',
    operandsMin: 1,
    operandsMax: 1,
    operandChoices: LOG_LEVELS,
    describe: 'Change how much the running agent logs',
    options: [socket, help],
  },
  {
    name: 'reload',
    operands: '',
    operandsMin: 0,
    operandsMax: 0,
    describe: 'Let the agent read its settings file again',
    options: [socket, help],
  },
  {
    name: 'completion',
    operands: 'bash|zsh|fish',
    operandsMin: 1,
    operandsMax: 1,
    operandChoices: ['bash', 'zsh', 'fish'],
    describe: 'Print a completion script for a shell',
    options: [help],
    examples: ['source <(quorate completion bash)'],
  },
  { name: 'version', operands: '', operandsMin: 0, operandsMax: 0, describe: 'Show version, Node and protocol', options: [json, help] },
  { name: 'help', operands: '[VERB]', operandsMin: 0, operandsMax: 1, describe: 'Show what can be typed', options: [help] },
];

/** Verbs of later versions, each with the verb of this one that comes nearest. */
export const LATER_VERBS: Readonly<Record<string, string | null>> = {
  top: 'status',
  doctor: 'status',
  keygen: null,
  demo: 'agent',
};

export function verbSpec(name: string): VerbSpec | undefined {
  return VERBS.find((verb) => verb.name === name);
}
