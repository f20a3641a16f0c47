// README.md may promise only what there is: each command, flag, route, setting and message in it is looked up where
// the program has it. Nothing is started here; that the commands do what they say is for the tests of each.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultOptions } from '../src/agent/defaults.ts';
import type { StatusJson } from '../src/api/contract.ts';
import { readRoutes } from '../src/api/reads.ts';
import { type Outcome, type Route, Routes } from '../src/api/routes.ts';
import { memberJson, statusJson } from '../src/api/views.ts';
import { writeRoutes } from '../src/api/writes.ts';
import { EXIT } from '../src/cli/exit-codes.ts';
import { SETTINGS, VERBS } from '../src/cli/option-table.ts';
import { parseFull } from '../src/cli/parse-full.ts';
import { environmentName } from '../src/cli/settings/gather.ts';
import { readAgentOptions } from '../src/cli/settings/index.ts';
import { membersTable } from '../src/cli/verbs/members.ts';
import { statusText } from '../src/cli/verbs/status.ts';
import { LIMITS, PROFILES } from '../src/core/index.ts';
import { parseCommandLine } from '../src/sim/command-line.ts';
import { keepingIo } from './support/cli.ts';
import { fakeAgent, heldLease, leasedView, memberView } from './support/fake-agent.ts';
import { fixedTextsOf, strayWords } from './support/literals.ts';
import { bare, readPage, shellWords } from './support/markdown.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'README.md'), 'utf8');
const page = readPage(text);
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;

const agent = fakeAgent({
  isDev: true,
  members: [memberView('n1'), memberView('host-3'), memberView('vm-2')],
  view: { ...leasedView(heldLease()), quorum: () => ({ voters: 3, needed: 2, acking: 3, canLose: 1, isVoter: true }) },
});
const routes = new Routes(agent, () => '/run/quorate/quorate.sock');

/** Every command in a block that is meant to be typed, as words. */
const commands = page.blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text: lines }) => lines.split('\n'))
  .map((line) => line.replace(/^source <\((.*)\)$/, '$1'))
  .flatMap((line) => line.split(' | '))
  .filter((line) => line !== '');

function commandsOf(program: string): string[] {
  return commands.filter((line) => line.startsWith(`${program} `));
}

describe('what the README tells to type', () => {
  test('is nothing but programs whose lines are checked here, and a few that every host has', () => {
    const known = new Set(['npm', 'quorate', 'curl', 'docker', 'scp', 'install', 'jq']);
    expect(commands.filter((line) => !known.has(shellWords(line)[0]!))).toEqual([]);
  });

  test.each(commandsOf('npm'))('%s is a script of package.json', (line) => {
    const [, verb, name] = shellWords(line);
    if (verb === 'ci' || verb === 'install') return;
    expect(scripts).toHaveProperty(verb === 'run' ? name! : verb!);
  });

  test.each(commandsOf('npm run sim'))('%s is a line that the simulator takes', (line) => {
    const mutant = /--mutate=([\w-]+)/.exec(line)?.[1];
    if (mutant === undefined) expect(parseCommandLine(shellWords(line).slice(4)).kind).not.toBe('usage-error');
    else expect(`list ${readFileSync(join(root, 'scripts/mutants.mjs'), 'utf8')}`).toMatch(new RegExp(`(?<![\\w-])${mutant}(?![\\w-])`));
  });

  test.each(commandsOf('npm run bench'))('%s names a benchmark that exists', (line) => {
    const name = /--only=([\w-]+)/.exec(line)?.[1];
    const files = readdirSync(join(root, 'test/bench')).filter((file) => file.endsWith('.ts'));
    const sources = files.map((file) => readFileSync(join(root, 'test/bench', file), 'utf8'));
    expect(sources.some((source) => source.includes(`name: '${name}'`))).toBe(true);
  });

  test.each(commandsOf('quorate'))('%s is a line that the command takes', (line) => {
    expect(parseFull(shellWords(line).slice(1)).verb).toBe(shellWords(line)[1]);
  });

  test.each(commandsOf('quorate agent'))('%s is enough to start an agent', (line) => {
    expect(readAgentOptions(parseFull(shellWords(line).slice(1)), {}).start.kind).toMatch(/^(init|join|dev)$/);
  });

  test.each(commandsOf('curl'))('%s is answered', async (line) => {
    const words = shellWords(line);
    const target = words.find((word) => word.startsWith('http://q'))!.slice('http://q'.length);
    const body = words[words.indexOf('--json') + 1]!;
    const answer = await answerTo(words.includes('--json') ? 'POST' : 'GET', target, body);
    expect('status' in answer ? answer.status : 200).toBe(200);
  });

  test.each(commandsOf('docker'))('%s names a service of docker-compose.yml', (line) => {
    const [, compose, verb, service] = shellWords(line);
    expect(compose).toBe('compose');
    const file = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
    if (verb !== 'up' && verb !== 'down') expect(file).toContain(`\n  ${service}:\n`);
    const inside = /quorate (.*)$/.exec(line)?.[1];
    if (inside !== undefined) expect(parseFull(shellWords(inside)).verb).toBe(shellWords(inside)[0]);
  });

  test('the example of a settings file is one', () => {
    const directory = mkdtempSync(join(tmpdir(), 'quorate-readme-'));
    try {
      const path = join(directory, 'quorate.toml');
      writeFileSync(path, page.blocks.find(({ language }) => language === 'toml')!.text, { mode: 0o600 });
      const options = readAgentOptions(parseFull(['agent', '--config', path]), {});
      expect(options).toMatchObject({
        name: 'web-1',
        zone: 'rack-2',
        tags: [['role', 'web']],
        seeds: ['10.77.0.1:7946', '10.77.0.2:7946'],
      });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('what the README lists', () => {
  test('as commands are all verbs, in the words of the help', () => {
    const rows = page.table('Command').map(([command, what]) => [bare(command!), what]);
    expect(rows).toEqual(VERBS.map(({ name, describe: what }) => [`quorate ${name}`, what]));
  });

  test('as settings are all settings', () => {
    expect(
      page
        .table('Flag')
        .map(([flag]) => bare(flag!))
        .sort(),
    ).toEqual(SETTINGS.map(({ name }) => `--${name}`).sort());
  });

  test('as options of the library are all of them', () => {
    const { settings: _settings, configFile: _configFile, ...options } = defaultOptions();
    expect(page.table('Option').map(([option]) => bare(option!))).toEqual(Object.keys(options));
  });

  test('as exit codes are all exit codes', () => {
    expect(page.table('Exit code').map(([code]) => Number(code))).toEqual(Object.values(EXIT));
  });

  test('as profiles are all profiles, with their timings', () => {
    const rows = page.table('Profile').map(([profile, ...timings]) => [bare(profile!), ...timings.slice(0, 6).map(timeMs)]);
    const profiles = Object.values(PROFILES);
    expect(rows).toEqual(profiles.map((of) => [of.profile, of.heartbeatMs, of.fenceMs, of.lagMs, of.stopMs, of.condemnMs, of.failMs]));
  });

  test('as states and standings are all of them', () => {
    const status = statusJson(agent, agent.nowMs(), '/q.sock');
    expect(
      page
        .table('State')
        .map(([state]) => bare(state!))
        .sort(),
    ).toEqual(Object.keys(status.members).sort());
    const standings: Readonly<Record<StatusJson['standing'], true>> = {
      joining: true,
      quorate: true,
      fenced: true,
      'fence-failed': true,
      leaving: true,
      left: true,
    };
    expect(page.table('Standing').map(([standing]) => bare(standing!))).toEqual(Object.keys(standings));
  });

  test('as codes of run are those that only run gives', () => {
    const listed = page.table('`quorate run` ends with').flatMap(([codes]) => codes!.match(/\d+/g) ?? []);
    const own = [EXIT.timedOut, EXIT.runFailed, EXIT.notExecutable, EXIT.notFound, EXIT.usage];
    expect(listed).toEqual(expect.arrayContaining(own.map(String)));
  });

  test('as routes are all routes that do something in this version', async () => {
    const listed = page.table('Route').map(([route]) => bare(route!).replace(/\?.*$/, ''));
    const known: string[] = [];
    for (const route of [...readRoutes(agent, () => ''), ...writeRoutes(agent)]) {
      const answer = await handled(route, '', '');
      if (!('status' in answer && answer.status === 501)) known.push(`${route.methods[0]} ${route.path}`);
    }
    expect(listed.sort()).toEqual(known.sort());
  });

  test('as the bodies of requests is taken', async () => {
    for (const [route, what] of page.table('Route')) {
      const body = /^`(\{.*\})`/.exec(what!)?.[1];
      const [method, path] = bare(route!).split(' ');
      if (body === undefined || method === 'GET') continue;
      expect(await answerTo(method!, path!, body), `${method} ${path}`).toMatchObject({ status: 200 });
    }
  });

  test('as links lead somewhere', () => {
    expect(page.links.filter((target) => (target.startsWith('#') ? !page.anchors.has(target) : !existsSync(join(root, target))))).toEqual(
      [],
    );
  });
});

describe('what the README mentions in passing', () => {
  const flags = new Set([...VERBS.flatMap(({ options }) => options), ...SETTINGS].map(({ name }) => `--${name}`));

  test.each([...new Set(page.spans.flatMap((span) => span.match(/^quorate [a-z-]+|(?<= )quorate [a-z-]+/g) ?? []))])(
    '%s exists',
    (span) => {
      const verb = span.slice('quorate '.length);
      expect(VERBS.map(({ name }) => name)).toContain(verb);
    },
  );

  test.each([...new Set(page.spans.filter((span) => !span.startsWith('npm ')).flatMap((span) => span.match(/(?<!\S)--[a-z-]+/g) ?? []))])(
    '%s is a flag',
    (flag) => {
      expect([...flags]).toContain(flag);
    },
  );

  test.each([...new Set(text.match(/QUORATE_[A-Z_]+/g))])('%s is read from the environment, or given to a command', (variable) => {
    const given = readFileSync(join(root, 'src/agent/hooks.ts'), 'utf8').match(/QUORATE_[A-Z]+/g) ?? [];
    expect([...SETTINGS.map(({ name }) => environmentName(name)), 'QUORATE_CONFIG', ...given]).toContain(variable);
  });

  test.each([...new Set(page.spans.filter((span) => /^(GET|POST|PUT) \//.test(span)).map((span) => span.replace('{name}', 'n1')))])(
    '%s is a route',
    (span) => {
      const [method, target] = span.split(' ');
      expect(routes.find(method!, target!)).toHaveProperty('route');
    },
  );

  test('the bounds are those that are kept', () => {
    expect(text).toContain(`At most ${LIMITS.membersMax.toLocaleString('en')} members`);
    expect(text).toContain(`datagrams of ${LIMITS.datagramBytesMax.toLocaleString('en')} bytes`);
  });
});

describe('what the README shows as printed', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const fixedTexts = sources.flatMap((path) => fixedTextsOf(readFileSync(join(root, 'src', path), 'utf8')));
  const messages = page.blocks
    .filter(({ language, text: shown }) => language === 'text' && /^(quorate:|problem)/.test(shown))
    .flatMap(({ text: shown }) => shown.trimEnd().split(/\n +→ +/))
    .map((message) => message.replace(/^quorate: |^problem +[a-z-]+: /, ''))
    .map((message) => [message.split('\n')[0]!, message] as const);

  test.each(messages)('as a message: %s', (_title, message) => {
    const stray = strayWords(message, fixedTexts);
    // A host's name, or a word between two values.
    expect(stray.length, `no text of src says: ${stray.join(' ')}`).toBeLessThanOrEqual(2);
  });

  test.each([...text.matchAll(/^problem +([a-z-]+):/gm)].map((match) => match[1]!))('%s is the code of a problem', (code) => {
    expect(sources.some((path) => readFileSync(join(root, 'src', path), 'utf8').includes(`code: '${code}'`))).toBe(true);
  });

  test('one member in JSON has the fields that it has', () => {
    const shown: object = JSON.parse(page.blocks.find(({ language }) => language === 'json')!.text);
    expect(Object.keys(shown)).toEqual(Object.keys(memberJson(memberView('n1'), agent)));
  });

  test('the status has the lines that it has', () => {
    const { io } = keepingIo({ isTerminal: true, env: { NO_COLOR: '1' } });
    const healthy = { ...statusJson(agent, agent.nowMs(), '/q.sock'), problems: [] };
    const labels = (lines: string): string[] =>
      lines
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)[0]!);
    const shown = page.blocks.find(({ text: lines }) => /^standing +quorate\nname /.test(lines))!.text;
    expect(labels(shown)).toEqual(labels(statusText(io, healthy)));
    expect(shown).toContain(/^quorum .*$/m.exec(statusText(io, healthy))![0]);
  });

  test('the list of members has the columns that it has', () => {
    const { io } = keepingIo({ isTerminal: true, env: { NO_COLOR: '1' } });
    const columns = membersTable(io, { index: 1, self: 'n1', quorate: false, members: [] }).trim().split(/ +/);
    const heads = page.blocks
      .filter(({ text: shown }) => shown.startsWith('NAME '))
      .map(({ text: shown }) => shown.split('\n')[0]!.split(/ +/));
    expect(heads.length).toBeGreaterThan(0);
    for (const head of heads) expect(head).toEqual(columns);
  });
});

function timeMs(text: string): number {
  const [value, unit] = text.split(' ');
  return Number(value) * (unit === 's' ? 1000 : 1);
}

async function answerTo(method: string, target: string, body: string): Promise<Outcome> {
  const found = routes.find(method, target);
  return 'route' in found ? await handled(found.route, found.query, body, found.name) : found;
}

async function handled(route: Route, query: string, body: string, name = 'n1'): Promise<Outcome> {
  return await route.handle({ name, query, body, lastEventId: undefined, isEventSource: false });
}
