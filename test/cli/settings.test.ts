// Settings from flag, environment and file to AgentOptions: precedence, origin, and the text of every refusal.

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nameFromHost } from '../../src/agent/defaults.ts';
import { Failure } from '../../src/cli/exit-codes.ts';
import { parseFull } from '../../src/cli/parse-full.ts';
import { agentOptions } from '../../src/cli/settings/agent-options.ts';
import { gatherSettings } from '../../src/cli/settings/gather.ts';
import { removeScratch, scratchDirectory } from '../support/cli.ts';

afterAll(removeScratch);

type Environment = Readonly<Record<string, string>>;

function options(line: string, env: Environment = {}) {
  return agentOptions(gatherSettings(parseFull(['agent', ...line.split(' ').filter((word) => word !== '')]), env), 'web-1.example.org');
}

function refusal(line: string, env: Environment = {}): string {
  try {
    options(line, env);
  } catch (error) {
    if (error instanceof Failure) return `${error.exitCode} ${error.message}${error.hint === '' ? '' : ` → ${error.hint}`}`;
    throw error;
  }
  throw new Error(`${line} was accepted`);
}

function file(name: string, text: string, mode = 0o644): string {
  const path = join(scratchDirectory(), name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** What a file is refused for, its path shortened. */
function fileRefusal(name: string, text: string): string {
  const path = file(name, text);
  return refusal('', { QUORATE_CONFIG: path }).replaceAll(path, name);
}

describe('the layers', () => {
  test('a flag beats the environment, the environment the file, the file the default, and each says where it came from', () => {
    const path = file('q.toml', '# settings\nname = "file"\nzone = "file"\ncluster = "file"\n');
    const read = options(`--config ${path} --name flag`, { QUORATE_NAME: 'environment', QUORATE_ZONE: 'environment' });
    expect(read).toMatchObject({ name: 'flag', zone: 'environment', clusterName: 'file', profile: 'lan', configFile: path });
    expect(read.settings.name).toEqual({ value: 'flag', from: 'flag' });
    expect(read.settings.zone).toEqual({ value: 'environment', from: 'environment QUORATE_ZONE' });
    expect(read.settings.cluster).toEqual({ value: 'file', from: `file ${path}:4` });
    expect(read.settings.profile).toEqual({ value: 'lan', from: 'default' });
  });

  test('without anything an agent goes on with its state, listening on every address', () => {
    expect(options('')).toMatchObject({
      start: { kind: 'resume' },
      seeds: [],
      name: 'web-1',
      bind: { host: null, port: 7946 },
      advertise: null,
      clusterName: 'default',
      profile: 'lan',
      zone: '',
      tags: [],
      canVote: true,
      socketPath: null,
      stateDir: null,
      isInsecure: false,
      logLevel: 'info',
      configFile: null,
    });
  });

  test('--dev means loopback, a free port and quick timings, unless told otherwise', () => {
    expect(options('--dev')).toMatchObject({ start: { kind: 'dev' }, bind: { host: '127.0.0.1', port: 0 }, profile: 'local' });
    expect(options('--dev --profile wan --bind 127.0.0.2:9')).toMatchObject({ bind: { host: '127.0.0.2', port: 9 }, profile: 'wan' });
    expect(options('--dev --join a')).toMatchObject({ start: { kind: 'dev' }, seeds: ['a:7946'] });
  });

  test('the environment speaks in commas and in words for yes and no', () => {
    const read = options('', { QUORATE_JOIN: 'a,b:1', QUORATE_TAG: 'x=1,y=2', QUORATE_NO_VOTE: 'yes', QUORATE_INSECURE: '0' });
    expect(read).toMatchObject({
      start: { kind: 'join' },
      seeds: ['a:7946', 'b:1'],
      tags: [
        ['x', '1'],
        ['y', '2'],
      ],
      canVote: false,
      isInsecure: false,
    });
  });

  test('variables that hooks and Kubernetes set are no settings and no mistakes', () => {
    const env = { QUORATE_EVENT: 'sync', QUORATE_TOKEN: '3', QUORATE_SERVICE_HOST: '10.0.0.1', QUORATE_PORT_7946_TCP_ADDR: '10.0.0.1' };
    expect(options('', env).start).toEqual({ kind: 'resume' });
  });
});

describe('the settings file', () => {
  test('TOML and JSON say the same', () => {
    const toml = options('', { QUORATE_CONFIG: file('q.toml', 'join = ["a", "b"]\nno-vote = true\n[tags]\nrole = "db"\n') });
    const json = options('', { QUORATE_CONFIG: file('q.json', '{"join": ["a", "b"], "no-vote": true, "tags": {"role": "db"}}') });
    const bare = options('', { QUORATE_CONFIG: file('settings', '{"join": "a,b", "no-vote": true, "tag": ["role=db"]}') });
    for (const read of [toml, json, bare])
      expect(read).toMatchObject({ seeds: ['a:7946', 'b:7946'], canVote: false, tags: [['role', 'db']] });
  });

  test.each([
    ['q.toml', 'name = "a"\n\nprofil = "lan"\n', "78 q.toml:3: unknown key 'profil' → did you mean 'profile'?"],
    ['q.json', '{\n  "name": "a",\n  "profil": "lan"\n}', "78 q.json:3: unknown key 'profil' → did you mean 'profile'?"],
    ['q.toml', 'xyzzy = 1\n', "78 q.toml:1: unknown key 'xyzzy' → quorate help agent lists the settings"],
    ['q.toml', 'http = "127.0.0.1:80"\n', "78 q.toml:1: this version does not have 'http' yet → take it out"],
    [
      'q.toml',
      '[[hook]]\nevent = "quorate"\n',
      '78 q.toml:1: hook 1: its command must be a text, or a list of texts: program and arguments → for example: /usr/local/bin/drop-address eth0',
    ],
    [
      'q.toml',
      '\n[[hook]]\nevent = "qorate"\ncommand = "x"\n',
      "78 q.toml:2: hook 1: there is no event 'qorate' → did you mean 'quorate'?",
    ],
    ['q.toml', '[[hook]]\nevents = "quorate"\n', "78 q.toml:1: hook 1: has no key 'events' → did you mean 'event'?"],
    [
      'q.toml',
      '[[hook]]\nevent = "quorate"\ncommand = ["a"]\nshell = true\n',
      '78 q.toml:1: hook 1: a shell takes its command as one text → write it as one, or leave shell out',
    ],
    [
      'q.toml',
      '[[hook]]\nevent = "quorate"\ncommand = "a"\ntimeout = 5\n',
      '78 q.toml:1: hook 1: \'timeout\' is not a time → such as "5s", at most "1h"',
    ],
    ['q.toml', 'hook = "fenced"\n', "78 q.toml:1: 'hook' must be a list of tables, not a string → write [[hook]] above each"],
    [
      'q.toml',
      'expect = "many"\njoin = "a"\n',
      "78 q.toml:1: expect: 'many' is not a number from 2 to 7 → it is how many agents found the cluster together; at most --max-voters",
    ],
    [
      'q.toml',
      'join = [\n  "a",\n]\nname = 7\n',
      '78 q.toml:4: \'name\' must be a string in quotes, not a number → write it in quotes: "7"',
    ],
    ['q.json', '{"no-vote": "yes"}', "78 q.json:1: 'no-vote' must be true or false, not a string → write true or false, without quotes"],
    ['q.toml', 'tag = ["a=b", 7]\n', '78 q.toml:1: \'tag\' must be a string or a list of strings, not a list → write a list: ["K=V"]'],
    ['q.toml', '\n[tags]\nrole = 7\n', '78 q.toml:2: the tag \'role\' must be a string in quotes, not a number → write it in quotes: "7"'],
    [
      'q.toml',
      'name = "a"\nname = "b"\n',
      '78 q.toml:2: not valid TOML: trying to redefine an already defined table or value → correct that line, then see whether all is right: quorate config check --config q.toml',
    ],
    [
      'q.json',
      '{\n  "name": "a",,\n}',
      "78 q.json:2: not valid JSON: expected a key in double quotes, found ',' → correct that line, then see whether all is right: quorate config check --config q.json",
    ],
    [
      'q.json',
      '{"name": "a"',
      "78 q.json:1: not valid JSON: expected ',', found the end of the file → correct that line, then see whether all is right: quorate config check --config q.json",
    ],
    [
      'q.json',
      '{"name": "a", "name": "b"}',
      '78 q.json:1: not valid JSON: "name" stands twice → correct that line, then see whether all is right: quorate config check --config q.json',
    ],
    ['q.json', '[]', '78 q.json:1: the document must be an object of settings → for example: {"name": "web-1"}'],
    ['q.toml', 'zone = "a"\nprofile = "wam"\n', "78 q.toml:2: profile: cannot be 'wam' → did you mean 'wan'? One of: local, lan, wan"],
    [
      'q.json',
      '{\n"zone": "\\ud800"}',
      '78 q.json:2: zone: holds half of a character, or begins with a byte order mark → write it with whole characters',
    ],
    [
      'q.json',
      '{"tags": {"role": "\\udc00b"}}',
      '78 q.json:1: tags: the tag "role" holds half of a character, or begins with a byte order mark → write it with whole characters',
    ],
    [
      'q.json',
      '{"cluster": "\\ud800"}',
      "78 q.json:1: cluster: '\ud800' cannot name a cluster → it consists of letters, digits, dot, underscore and hyphen",
    ],
    ['q.toml', 'bind = "10.0.0.1:x"\n', "78 q.toml:1: bind: 'x' is not a port → it is a number up to 65535"],
  ])('%s is refused with its line: %j', (name, text, said) => {
    expect(fileRefusal(name, text)).toBe(said);
  });

  test('one that others may write is refused', () => {
    const path = file('q.toml', 'name = "a"\n', 0o664);
    expect(refusal(`--config ${path}`)).toBe(`78 the settings file ${path} can be written by others (mode 0664) → chmod go-w ${path}`);
  });

  test('one that is not there is refused', () => {
    expect(refusal('--config /nowhere/q.toml')).toBe(
      "78 the settings file /nowhere/q.toml cannot be read: ENOENT: no such file or directory, open '/nowhere/q.toml' → check --config or QUORATE_CONFIG",
    );
  });

  test('keys that JavaScript gives every object are unknown keys like others', () => {
    expect(fileRefusal('q.json', '{"__proto__": {"dev": true}}')).toContain("unknown key '__proto__'");
    expect(fileRefusal('q.json', '{"constructor": 1}')).toContain("unknown key 'constructor'");
  });
});

describe('a value that cannot be', () => {
  test.each([
    [
      '--init --join a',
      '64 --init and --join contradict each other → a cluster is started once, by one agent with --init; all others come with --join',
    ],
    ['--init --dev', '64 --init and --dev contradict each other → --dev alone starts a new cluster already'],
    ['--name a/b', "64 --name: 'a/b' cannot be a name → it consists of letters, digits, dot, underscore and hyphen"],
    ['--join 10.0.0.1:99999', "64 --join: '99999' is not a port → it is a number up to 65535"],
    ['--join 10.0.0', "64 --join: '10.0.0' is neither an address nor a host name → for example: 10.0.0.1, or db.example.org:7946"],
    [
      '--join fe80::1:7946:x',
      "64 --join: 'fe80::1:7946:x' has too many colons → an IPv6 address with a port is written [fe80::1:7946]:PORT",
    ],
    ['--bind db.example.org', "64 --bind: 'db.example.org' is not an address → give one of this machine's: ip address"],
    ['--advertise 0.0.0.0', "64 --advertise: nobody can reach an agent at '0.0.0.0' → give one address or @INTERFACE"],
    ['--advertise @', "64 --advertise: '@' is not the name of an interface → ip link lists them; for example: @eth0"],
    ['--tag role', "64 --tag: 'role' is not KEY=VALUE → for example: role=db"],
    ['--tag a=1 --tag a=2', "64 --tag: 'a' is given twice → a tag has one value"],
  ])('%s', (line, said) => {
    expect(refusal(line)).toBe(said);
  });

  test('may be too long', () => {
    expect(refusal(`--name ${'a'.repeat(65)}`)).toBe(
      `64 --name: '${'a'.repeat(65)}' cannot be a name → it has 65 characters, at most 64 are possible`,
    );
    expect(refusal(`--zone ${'z'.repeat(65)}`)).toBe('64 --zone: has 65 bytes, at most 64 are possible → choose a shorter one');
    expect(refusal(`--tag a=${'x'.repeat(1024)}`)).toBe(
      "64 --tag: the tag 'a' has 1025 bytes, at most 1024 are possible → choose a shorter value",
    );
    expect(refusal(`--socket /${'s'.repeat(107)}`)).toBe(
      `64 --socket: the path has 108 bytes, at most 107 are possible: /${'s'.repeat(107)} → choose a shorter directory`,
    );
  });

  test('is a matter of configuration when the environment holds it', () => {
    expect(refusal('', { QUORATE_BIND: 'x' })).toBe("78 QUORATE_BIND: 'x' is not an address → give one of this machine's: ip address");
    expect(refusal('', { QUORATE_DEV: 'maybe' })).toBe("78 QUORATE_DEV cannot be 'maybe' → it is true or false");
    expect(refusal('', { QUORATE_BNID: 'x' })).toBe('78 unknown environment variable QUORATE_BNID → did you mean QUORATE_BIND?');
    expect(refusal('', { QUORATE_KEY_FILE: 'x' })).toBe('78 this version does not have QUORATE_KEY_FILE yet → unset QUORATE_KEY_FILE');
    expect(refusal('', { QUORATE_INIT: '1', QUORATE_JOIN: 'a' })).toMatch(/^78 QUORATE_INIT and QUORATE_JOIN contradict/);
  });
});

describe('addresses', () => {
  test.each([
    ['10.0.0.1:1', { host: '10.0.0.1', port: 1 }],
    ['10.0.0.1', { host: '10.0.0.1', port: 7946 }],
    [':1', { host: null, port: 1 }],
    ['[::1]:1', { host: '::1', port: 1 }],
    ['[::1]', { host: '::1', port: 7946 }],
    ['::1', { host: '::1', port: 7946 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ])('--bind %s', (text, bind) => {
    expect(options(`--bind ${text}`).bind).toEqual(bind);
  });

  test('seeds get the default port, brackets where needed, and count once', () => {
    expect(options('--join db_1,10.0.0.1:7946,::1,[::1]:7946 --join [fe80::1] --join 10.0.0.1').seeds).toEqual([
      'db_1:7946',
      '10.0.0.1:7946',
      '[::1]:7946',
      '[fe80::1]:7946',
    ]);
  });

  test('what is advertised is an address or an interface', () => {
    for (const text of ['10.0.0.1', '10.0.0.1:7', '[::1]:7', '@eth0', '@br-1.2'])
      expect(options(`--advertise ${text}`).advertise).toBe(text);
  });
});

test('a host name becomes a name that all accept', () => {
  expect(nameFromHost('web-1.example.org')).toBe('web-1');
  expect(nameFromHost('bü ro')).toBe('b--ro');
  expect(nameFromHost('')).toBe('node');
});

describe('who votes and who leads', () => {
  test('by default seven vote and anybody may lead', () => {
    expect(options('--init')).toMatchObject({ maxVoters: 7, expect: null, canVote: true, canLead: true, hooks: [] });
  });

  test('is said by flags, or by numbers in a file', () => {
    expect(options('--join a,b --expect 3 --max-voters 5 --no-lead')).toMatchObject({ maxVoters: 5, expect: 3, canLead: false });
    const path = file('q.toml', 'join = ["a"]\nexpect = 3\nmax-voters = 3\n');
    expect(options('', { QUORATE_CONFIG: path })).toMatchObject({ maxVoters: 3, expect: 3 });
  });

  test.each([
    ['--expect 3', '64 --expect: needs seeds to find the others by → add --join HOST,… with the hosts of all N'],
    ['--expect 3 --init', '64 --expect and --init contradict each other → take --init on one host, or --expect N with --join on all N'],
    [
      '--expect 3 --join a --no-vote',
      '64 --expect and --no-vote contradict each other → each of the N that start a cluster is one of its voters',
    ],
    ['--init --no-vote', '64 --no-vote and --init contradict each other → the first member of a new cluster is its first voter'],
    [
      '--join a --expect 9',
      "64 --expect: '9' is not a number from 2 to 7 → it is how many agents found the cluster together; at most --max-voters",
    ],
    [
      '--join a --expect 1',
      "64 --expect: '1' is not a number from 2 to 7 → it is how many agents found the cluster together; at most --max-voters",
    ],
    ['--max-voters 0', "64 --max-voters: '0' is not a number from 1 to 15 → an odd number such as 5 or 7 may lose most"],
    ['--max-voters 3.5', "64 --max-voters: '3.5' is not a number from 1 to 15 → an odd number such as 5 or 7 may lose most"],
  ])('%s is refused', (line, text) => {
    expect(refusal(line)).toBe(text);
  });
});

describe('hooks', () => {
  test('by flag are events and words, split without a shell', () => {
    const read = agentOptions(
      gatherSettings(parseFull(['agent', '--init', '--on', `quorate,fenced=/bin/notify "a b" 'c, $d' e\\ f ''`, '--on', 'sync=x']), {}),
      'h',
    );
    expect(read.hooks).toEqual([
      { events: ['quorate', 'fenced'], command: { kind: 'program', words: ['/bin/notify', 'a b', 'c, $d', 'e f', ''] }, timeoutMs: 30_000 },
      { events: [], command: { kind: 'program', words: ['x'] }, timeoutMs: 30_000 },
    ]);
    expect(read.settings.on?.value).toEqual(['quorate,fenced=/bin/notify a b c, $d e f  (30000 ms)', 'sync=x (30000 ms)']);
  });

  test('of the environment are one a line', () => {
    const { hooks } = options('--init', { QUORATE_ON: 'quorate=echo a,b\nfenced=c' });
    expect(hooks.map(({ command }) => command)).toEqual([
      { kind: 'program', words: ['echo', 'a,b'] },
      { kind: 'program', words: ['c'] },
    ]);
  });

  test('of a file are tables, beside those of the flags', () => {
    const toml =
      '[[hook]]\nevent = ["fenced"]\ncommand = ["a", "b c"]\ntimeout = "2s"\n\n[[hook]]\nevent = "quorate"\ncommand = "a | b"\nshell = true\n';
    const json = '{"hook":[{"event":["fenced"],"command":["a","b c"],"timeout":"2s"},{"event":"quorate","command":"a | b","shell":true}]}';
    for (const path of [file('q.toml', toml), file('q.json', json)]) {
      const { hooks, settings } = options('--init --on sync=z', { QUORATE_CONFIG: path });
      expect(hooks.slice(1)).toEqual([
        { events: ['fenced'], command: { kind: 'program', words: ['a', 'b c'] }, timeoutMs: 2000 },
        { events: ['quorate'], command: { kind: 'shell', text: 'a | b' }, timeoutMs: 30_000 },
      ]);
      expect(settings.on).toEqual({
        value: ['sync=z (30000 ms)', 'fenced=a b c (2000 ms)', 'quorate=shell: a | b (30000 ms)'],
        from: `flag and file ${path}:1`,
      });
    }
  });

  test.each([
    ['fenced', "64 --on: 'fenced' is not EVENT=CMD → for example: fenced=/usr/local/bin/drop-address"],
    ['fencd=x', "64 --on: there is no event 'fencd' → did you mean 'fenced'?"],
    ['fenced=', '64 --on: no command is given → for example: /usr/local/bin/drop-address eth0'],
    ['fenced="x', '64 --on: a quote is not closed in: "x → close it; a backslash before it makes it a plain sign'],
    ['lost=x', "64 --on: there is no event 'lost' → one of: member-joined, "],
  ])('--on %s is refused', (text, reason) => {
    expect(refusal(`--init --on ${text}`)).toContain(reason);
  });
});
