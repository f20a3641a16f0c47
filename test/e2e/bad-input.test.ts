// What the user sees when something given to `quorate` cannot work: one sentence that says what was tried, with which
// value, and what to do; and the exit code that a script can act upon.

import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Fleet } from '../support/agents.ts';
import { newLab } from '../support/lab.ts';

/** A directory that nobody can write into, not even root, who is not held by modes. */
function readOnlyDirectory(lab: Fleet): string {
  if (process.getuid?.() === 0) return '/sys/kernel';
  const path = lab.path('read-only');
  mkdirSync(path);
  chmodSync(path, 0o555);
  return path;
}

describe('an agent that cannot start', () => {
  test('ends with 1 when the state directory cannot be written', async () => {
    const lab = newLab();
    const stateDir = readOnlyDirectory(lab);
    const { code, stderr } = await lab.endOf(lab.launch({ name: 'n1', flags: ['--init'], stateDir }), 'an agent that cannot start');
    expect(stderr).toContain(stateDir);
    expect(code).toBe(1);
  });

  test('ends with 1 when its port is taken', async () => {
    const lab = newLab();
    const first = await lab.start({ name: 'n1', flags: ['--init'] });
    const taken = (await first.status()).address;
    const { code, stderr } = await lab.endOf(lab.launch({ name: 'n2', flags: ['--init'], bind: taken }), 'an agent that cannot start');
    expect(stderr).toContain(taken);
    expect(code).toBe(1);
    expect(first.hasEnded).toBe(false);
  });

  test('ends with 1 when the address is none of this host', async () => {
    const lab = newLab();
    const { code, stderr } = await lab.endOf(
      lab.launch({ name: 'n1', flags: ['--init'], bind: '192.0.2.1:7946' }),
      'an agent that cannot start',
    );
    expect(stderr).toContain('192.0.2.1:7946');
    expect(code).toBe(1);
  });

  test('ends with 1 when its socket belongs to a living agent, which goes on', async () => {
    const lab = newLab();
    const first = await lab.start({ name: 'n1', flags: ['--init'] });
    const { code, stderr } = await lab.run(agentArgs(lab, ['--init', '--socket', first.socketPath]));
    expect(stderr).toContain(first.socketPath);
    expect(code).toBe(1);
    expect((await first.status()).name).toBe('n1');
  });

  test('ends with 1 when the socket path is longer than the system can hold', async () => {
    const lab = newLab();
    const path = `${lab.path('x'.repeat(120))}.sock`;
    const { code, stderr } = await lab.run(agentArgs(lab, ['--init', '--socket', path]));
    expect(stderr).toContain(path);
    expect(stderr).toContain('107');
    expect(code).toBe(1);
    expect(existsSync(path.slice(0, 107))).toBe(false);
  });

  test('ends with 64 when it is told neither to begin nor to join and has no state', async () => {
    const lab = newLab();
    const { code, stderr } = await lab.run(agentArgs(lab, []));
    expect(stderr).toContain('--init');
    expect(stderr).toContain('--join');
    expect(code).toBe(64);
  });

  test('ends with 64 when a flag is unknown, and names the nearest one', async () => {
    const lab = newLab();
    const { code, stderr } = await lab.run(agentArgs(lab, ['--init', '--profil', 'lan']));
    expect(stderr).toContain('--profil');
    expect(stderr).toContain('--profile');
    expect(code).toBe(64);
  });

  test('ends with 78 when the configuration holds an unknown key, and names it, its line and the nearest one', async () => {
    const lab = newLab();
    const config = lab.path('quorate.toml');
    writeFileSync(config, 'name = "n1"\nprofil = "lan"\n', { mode: 0o600 });
    const { code, stderr } = await lab.run(agentArgs(lab, ['--init', '--config', config]));
    expect(stderr).toContain(config);
    expect(stderr).toContain('profil');
    expect(stderr).toContain('profile');
    expect(stderr).toMatch(/:2\b|line 2\b/);
    expect(code).toBe(78);
  });

  test('ends with 78 when the configuration cannot be read as TOML, and names the line', async () => {
    const lab = newLab();
    const config = lab.path('quorate.toml');
    writeFileSync(config, 'name = "n1"\nprofile = \n', { mode: 0o600 });
    const { code, stderr } = await lab.run(agentArgs(lab, ['--init', '--config', config]));
    expect(stderr).toContain(config);
    expect(stderr).toMatch(/:2\b|line 2\b/);
    expect(code).toBe(78);
  });
});

describe('a verb that finds no agent', () => {
  test('ends with 3 and says where it looked and how to start one', async () => {
    const lab = newLab();
    const socket = lab.path('absent.sock');
    const { code, stdout, stderr } = await lab.run(['members', '--socket', socket]);
    expect(stderr).toContain(socket);
    expect(stderr).toContain('quorate agent');
    expect(stdout).toBe('');
    expect(code).toBe(3);
  });
});

/** An agent's arguments without the ones that the test itself wants to give. */
function agentArgs(lab: Fleet, flags: readonly string[]): string[] {
  const socket = flags.includes('--socket') ? [] : ['--socket', lab.path('x.sock')];
  return ['agent', '--bind', `${lab.address()}:0`, '--state-dir', lab.path('state'), ...socket, ...flags];
}
