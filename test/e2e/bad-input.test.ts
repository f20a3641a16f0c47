// What the user sees when something given to `quorate` cannot work: one sentence that says what was tried, with which
// value, and what to do; and the exit code that a script can act upon. The texts stand here as they are printed.

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, executable, type Fleet } from '../support/agents.ts';
import { newLab } from '../support/lab.ts';
import { temporaryDir } from '../support/temporary.ts';

describe('an agent that cannot start', () => {
  test('says so when the state directory cannot be written', async () => {
    const lab = newLab();
    const stateDir = readOnlyDirectory(lab);
    const { code, stderr } = await agent(lab, { flags: ['--init'], stateDir });
    expect(stderr).toMatch(
      new RegExp(`^quorate: no lock can be made in the state directory ${stateDir}: \\S.* \\(E[A-Z]+\\)
  → Make it writable for this user on a file system that allows sockets, or choose another one by --state-dir.
$`),
    );
    expect(code).toBe(1);
  });

  test('says so when its port is taken, and who takes it goes on', async () => {
    const lab = newLab();
    const first = await lab.start({ name: 'n1', flags: ['--init'] });
    const taken = (await first.status()).address;
    const { code, stderr } = await agent(lab, { flags: ['--init'], bind: taken });
    expect(stderr).toBe(`quorate: cannot listen on UDP ${taken}: another program has this port
  → choose another by --bind ADDR:PORT, or see who has it: ss -lunpt 'sport = :${taken.split(':')[1]}'
`);
    expect(code).toBe(1);
    expect((await first.status()).name).toBe('n1');
  });

  test('says so when the address is none of this host', async () => {
    const { code, stderr } = await agent(newLab(), { flags: ['--init'], bind: '192.0.2.1:7946' });
    expect(stderr).toBe(`quorate: cannot listen on UDP 192.0.2.1:7946: this host has no such address
  → see the addresses there are with: ip addr; then --bind one of them
`);
    expect(code).toBe(1);
  });

  test('says so when its socket belongs to a living agent, which goes on', async () => {
    const lab = newLab();
    const first = await lab.start({ name: 'n1', flags: ['--init'] });
    const { code, stderr } = await agent(lab, { flags: ['--init'], socket: first.socketPath });
    expect(stderr).toBe(`quorate: another agent listens on ${first.socketPath}
  → stop it, or choose another path: --socket PATH
`);
    expect(code).toBe(1);
    expect((await first.status()).name).toBe('n1');
  });

  test('says so when its state directory belongs to a living agent, which goes on', async () => {
    const lab = newLab();
    const first = await lab.start({ name: 'n1', flags: ['--init'] });
    const { code, stderr } = await agent(lab, { flags: ['--init'], stateDir: first.stateDir });
    expect(stderr).toBe(`quorate: the state directory ${first.stateDir} is in use by the agent with process id ${first.pid}
  → Stop that one first (\`ps -fp ${first.pid}\` shows it), or give this agent a directory of its own by --state-dir.
`);
    expect(code).toBe(1);
    expect((await first.status()).name).toBe('n1');
  });

  test('says so when the socket path is longer than the system can hold, and makes no shorter one', async () => {
    const lab = newLab();
    const socket = `${lab.path('x'.repeat(120))}.sock`;
    const { code, stderr } = await agent(lab, { flags: ['--init'], socket });
    expect(stderr).toBe(`quorate: --socket: the path has ${socket.length} bytes, at most 107 are possible: ${socket}
  → choose a shorter directory
`);
    expect(code).toBe(64);
    expect(existsSync(socket.slice(0, 107))).toBe(false);
  });

  test('names the line to type when it is told neither to begin nor to join and has no state', async () => {
    const lab = newLab();
    const stateDir = lab.path('state');
    const { code, stderr } = await agent(lab, { flags: [], stateDir });
    expect(stderr).toContain(`quorate: the state directory ${stateDir} is empty, and nothing says which cluster to join\n`);
    expect(stderr).toContain(
      '→ On the first host type `quorate agent --init`, on every other one `quorate agent --join FIRST_HOST`; to try it out on one machine: `quorate agent --dev`.\n',
    );
    expect(code).toBe(64);
  });

  test('names the nearest flag when one is unknown', async () => {
    const { code, stderr } = await agent(newLab(), { flags: ['--init', '--profil', 'lan'] });
    expect(stderr).toBe('quorate: agent: unknown option --profil\n  → did you mean --profile?\n');
    expect(code).toBe(64);
  });

  test.each([
    ['an unknown key', 'name = "n1"\nprofil = "lan"\n', ":2: unknown key 'profil'\n  → did you mean 'profile'?\n"],
    ['a value that cannot be', 'name = "n1"\nprofile = "fast"\n', ":2: profile: cannot be 'fast'\n  → One of: local, lan, wan\n"],
    [
      'a line that is no TOML',
      'name = "n1"\nprofile = \n',
      ':2: not valid TOML: invalid value\n  → correct that line, then see whether all is right: quorate config check --config FILE\n',
    ],
  ])('names file, line and what to do when the configuration holds %s', async (_, text, sentence) => {
    const lab = newLab();
    const config = lab.path('quorate.toml');
    writeFileSync(config, text, { mode: 0o600 });
    const { code, stderr } = await agent(lab, { flags: ['--init', '--config', config] });
    expect(stderr).toBe(`quorate: ${config}${sentence.replace('FILE', config)}`);
    expect(code).toBe(78);
  });
});

describe('a verb that cannot do its work', () => {
  test('says where it looked and how to start an agent when it finds none', async () => {
    const lab = newLab();
    const socket = lab.path('absent.sock');
    const { code, stdout, stderr } = await lab.run(['members', '--socket', socket]);
    expect(stderr).toMatch(
      new RegExp(`^quorate: no agent can be reached; tried in this order:\n  ${socket}  no such file \\(from --socket\\)\n`),
    );
    expect(stderr).toContain(
      `→ start one there: quorate agent --socket ${socket} with --dev to try it out, --init or --join HOST for a cluster\n`,
    );
    expect(stdout).toBe('');
    expect(code).toBe(3);
  });

  // Root may open everything, so another user has to try.
  test.runIf(process.getuid?.() === 0)('says who may open the socket, and how root lets every user read', async () => {
    const lab = newLab();
    const { socketPath } = await lab.start({ name: 'n1', flags: ['--init'] });
    const { directory } = lab;
    const readOnly = socketPath.replace('.sock', '-ro.sock');
    const members = (socket: string): Promise<Ended> => asNobody(['members', '--socket', socket]);

    const closed = await members(socketPath);
    expect(closed.stderr).toContain(`${socketPath}  permission denied (from --socket)\n`);
    expect(closed.stderr).toContain(
      `→ ${directory} is open to the agent's user alone: run it as that user (ls -ld ${directory}); or let root type install -d -m 0755 ${directory}, then every user may read: --socket ${readOnly}\n`,
    );
    expect(closed.code).toBe(77);

    execFileSync('install', ['-d', '-m', '0755', directory]);
    const open = await members(socketPath);
    expect(open.stderr).toContain(
      `→ only its owner and its group may: run it as one of them (ls -l ${socketPath}); to read, every user may add --socket ${readOnly}\n`,
    );
    expect(open.code).toBe(77);
    expect(await members(readOnly)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^n1\talive/) });
  });

  test('names the nearest verb when there is none of that name', async () => {
    const { code, stdout, stderr } = await newLab().run(['membrs']);
    expect(stderr).toBe("quorate: there is no verb 'membrs'\n  → did you mean: quorate members\n");
    expect(stdout).toBe('');
    expect(code).toBe(64);
  });
});

interface Given {
  readonly flags: readonly string[];
  readonly bind?: string;
  readonly socket?: string;
  readonly stateDir?: string;
}

/** Runs an agent that is expected to refuse, with nothing given that is not part of the test. */
function agent(
  lab: Fleet,
  { flags, bind = `${lab.address()}:0`, socket = lab.path('x.sock'), stateDir = lab.path('state') }: Given,
): Promise<Ended> {
  return lab.run(['agent', '--bind', bind, '--socket', socket, '--state-dir', stateDir, ...flags]);
}

/** Runs a verb as the user nobody, who may not be able to reach the clone: hence a copy. */
async function asNobody(args: readonly string[]): Promise<Ended> {
  const directory = temporaryDir();
  chmodSync(directory, 0o755);
  const copy = join(directory, 'quorate.mjs');
  copyFileSync(executable, copy);
  const nobody = 65_534;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [copy, ...args], {
    uid: nobody,
    gid: nobody,
    cwd: directory,
    encoding: 'utf8',
  });
  return { code: status, signal, stdout, stderr };
}

/** A directory that nobody can write into, not even root, who is not held by modes. */
function readOnlyDirectory(lab: Fleet): string {
  if (process.getuid?.() === 0) return '/sys/kernel';
  const path = lab.path('read-only');
  mkdirSync(path);
  chmodSync(path, 0o555);
  return path;
}
