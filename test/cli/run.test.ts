// `quorate run` with real children, against the real API of an agent whose lease the test moves.

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDeathSignalTool } from '../../src/cli/supervise/group.ts';
import { type Incarnation, PROFILES } from '../../src/core/index.ts';
import { later, serve } from '../support/api-server.ts';
import { bundleChild, ended, startChild } from '../support/child.ts';
import { removeScratch, run, scratchDirectory } from '../support/cli.ts';
import { type FakeLease, fakeAgent, heldLease, leasedView } from '../support/fake-agent.ts';
import { until } from '../support/until.ts';

afterAll(removeScratch);

/** An agent of the local profile: T_fence 600, T_stop 300. */
async function agentWith(over: Partial<FakeLease> = {}) {
  const lease = heldLease({ remainingMs: 500, ...over });
  const view = Object.defineProperty(leasedView(lease), 'timings', { value: PROFILES.local, enumerable: true });
  const agent = fakeAgent({ view });
  const served = await serve(agent);
  const told: boolean[] = [];
  const fence = (): void => {
    lease.remainingMs = 0;
    lease.standing = 'fenced';
    agent.leases.stop({ incarnation: lease.incarnation as Incarnation, deadMs: 300, scope: 'all' }, (areDead) => told.push(areDead));
  };
  return { lease, agent, told, fence, ...served };
}

const at = (path: string, words: readonly string[]) => run(['run', '--socket', path, ...words], { env: { PATH: process.env.PATH ?? '' } });

/** A script that sets its traps, then writes its process id, then does as it is told. */
function script(text: string, traps = ':'): { readonly words: readonly string[]; readonly pidFile: string; pid(): number } {
  const pidFile = join(scratchDirectory(), 'pid');
  return {
    words: ['sh', '-c', `${traps}; echo $$ > ${pidFile}.new && mv ${pidFile}.new ${pidFile}; ${text}`],
    pidFile,
    pid: () => Number(readFileSync(pidFile, 'utf8')),
  };
}

const FOREVER = 'while :; do sleep 0.02; done';
const STUBBORN = [FOREVER, 'trap "" TERM'] as const;

/** Zombies count as dead: a container's first process may never reap them. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

const onLinux = describe.runIf(existsSync('/proc/self/stat'));

onLinux('run', () => {
  test('gives the code of its command, which knows node, socket and token', async () => {
    const { path, agent } = await agentWith();
    const out = join(scratchDirectory(), 'out');
    const words = [
      '--leader',
      '--',
      'sh',
      '-c',
      `echo "$QUORATE_NODE $QUORATE_SOCKET $QUORATE_TOKEN $1" > ${out}; exit 7`,
      'sh',
      '--verbose',
    ];
    expect(await at(path, words)).toEqual({ code: 7, out: '', err: '' });
    expect(readFileSync(out, 'utf8')).toBe(`n1 ${path} 12 --verbose\n`);
    expect(agent.leases.count).toBe(0);
  });

  test('waits until the lease is there, says why, and gives no token to who is not the leader', async () => {
    const { path, lease, agent } = await agentWith({ remainingMs: 0, standing: 'fenced' });
    const ran = at(path, ['--quorate', '--', 'sh', '-c', '[ -z "$QUORATE_TOKEN" ]']);
    await until(() => agent.leases.count === 1, 'it has registered');
    lease.standing = 'quorate';
    lease.remainingMs = 500;
    agent.leases.look();
    expect(await ran).toEqual({ code: 0, out: '', err: 'quorate: waiting: n1 is not quorate: fenced\n' });
  });

  test('says why it waits again when that changes', async () => {
    const { path, lease, agent } = await agentWith({ leader: { name: 'n2', token: 12, isSelf: false } });
    const ran = at(path, ['--leader', '--', 'true']);
    await until(() => agent.leases.count === 1, 'it has registered');
    lease.leader = null;
    agent.leases.look();
    lease.leader = { name: 'n1', token: 13, isSelf: true };
    agent.leases.look();
    expect(await ran).toEqual({ code: 0, out: '', err: 'quorate: waiting: n2 leads\nquorate: waiting: there is no leader\n' });
  });

  test('a command that ends by a signal is 128 and its number', async () => {
    const { path } = await agentWith();
    expect((await at(path, ['--quorate', '--', 'sh', '-c', 'kill -KILL $$'])).code).toBe(137);
  });

  test('stops its command when the lease is revoked, kills what does not heed it, and reports the end', async () => {
    const { path, fence, told } = await agentWith();
    const child = script(...STUBBORN);
    const ran = at(path, ['--quorate', '--', ...child.words]);
    await until(() => existsSync(child.pidFile), 'the child runs');
    fence();
    expect(told).toEqual([]);
    const { code, err } = await ran;
    expect([code, isAlive(child.pid())]).toEqual([124, false]);
    expect(err).toBe("quorate: stopped 'sh', quorum was lost: n1 is not quorate: fenced\n");
    expect(told.at(-1)).toBe(true);
  });

  test('needs no agent to stop its command at the deadline', async () => {
    const { path, server } = await agentWith();
    const child = script(...STUBBORN);
    const ran = at(path, ['--leader', '--', ...child.words]);
    await until(() => existsSync(child.pidFile), 'the child runs');
    await server.close();
    const { code, err } = await ran;
    expect([code, isAlive(child.pid())]).toEqual([124, false]);
    expect(err).toBe("quorate: stopped 'sh', leadership was lost: the agent did not renew the lease in time\n");
  });

  test('goes on where the same agent comes back in time', async () => {
    const { path, agent, server } = await agentWith();
    const stop = join(scratchDirectory(), 'stop');
    const child = script(`until [ -e ${stop} ]; do sleep 0.02; done; exit 5`);
    const ran = at(path, ['--quorate', '--', ...child.words]);
    await until(() => existsSync(child.pidFile), 'the child runs');
    await server.close();
    const { ApiServer } = await import('../../src/api/index.ts');
    const again = new ApiServer(agent, { access: 'admin' });
    await again.listen(path);
    later(() => again.close());
    await until(() => again.streamCount + again.connectionCount > 0, 'it is connected again');
    await until(() => agent.leases.holdingCount === 1, 'its lease is known');
    writeFileSync(stop, '');
    expect((await ran).code).toBe(5);
  });

  test('stops its command when another run of the agent answers', async () => {
    const first = await agentWith();
    const child = script(...STUBBORN);
    const ran = at(first.path, ['--quorate', '--', ...child.words]);
    await until(() => existsSync(child.pidFile), 'the child runs');
    await first.server.close();
    const { ApiServer } = await import('../../src/api/index.ts');
    const second = new ApiServer(fakeAgent({ view: leasedView(heldLease({ incarnation: 1_790_000_000_001 })) }), { access: 'admin' });
    await second.listen(first.path);
    later(() => second.close());
    const { code } = await ran;
    expect([code, isAlive(child.pid())]).toEqual([124, false]);
  });

  test('a run that waits outlives a restart of the agent', async () => {
    const first = await agentWith({ remainingMs: 0 });
    const ran = at(first.path, ['--quorate', '--', 'true']);
    await until(() => first.agent.leases.count === 1, 'it has registered');
    await first.server.close();
    const { ApiServer } = await import('../../src/api/index.ts');
    const second = new ApiServer(fakeAgent({ view: leasedView(heldLease()) }), { access: 'admin' });
    await second.listen(first.path);
    later(() => second.close());
    expect((await ran).code).toBe(0);
  });

  test('that waits can be interrupted', async () => {
    const { path, agent } = await agentWith({ remainingMs: 0 });
    const ran = at(path, ['--leader', '--', 'true']);
    await until(() => agent.leases.count === 1, 'it has registered');
    process.emit('SIGINT');
    expect((await ran).code).toBe(130);
    // The agent hears of it by the end of the connection, a moment later.
    await until(() => agent.leases.count === 0, 'it is registered no more');
  });

  test('passes signals on to its command', async () => {
    const { path } = await agentWith();
    const child = script(FOREVER, 'trap "exit 9" TERM');
    const ran = at(path, ['--quorate', '--', ...child.words]);
    await until(() => existsSync(child.pidFile), 'the child runs');
    process.emit('SIGTERM');
    expect(await ran).toMatchObject({ code: 9, err: '' });
  });

  test('gives up waiting after its time-out', async () => {
    const { code, err } = await run('run --quorate --timeout 500ms -- true', {
      env: { QUORATE_SOCKET: '/nowhere/q.sock', PATH: '/bin:/usr/bin' },
    });
    expect(code).toBe(124);
    // Said once, with where it looked, and at the end with what to type.
    const start = 'start one: quorate agent --dev to try it out, quorate agent --init or --join HOST for a cluster';
    expect(err.split('\n').slice(0, 3)).toEqual([
      'quorate: waiting: no agent can be reached; tried in this order:',
      '  /nowhere/q.sock  no such file (from QUORATE_SOCKET)',
      expect.stringMatching(/^ {2}not tried/),
    ]);
    expect(err.split('\n').slice(3)).toEqual([
      `  → ${start}`,
      'quorate: run: there was no lease for --quorate in time: no agent can be reached',
      `  → ${start}`,
      '',
    ]);
  });

  test('that gave up on an agent which answers names the verb that says more', async () => {
    const { path } = await agentWith({ leader: { name: 'n2', token: 12, isSelf: false } });
    const { code, err } = await at(path, ['--leader', '--timeout', '800ms', '--', 'true']);
    expect(code).toBe(124);
    expect(err).toBe(
      `quorate: waiting: n2 leads\nquorate: run: there was no lease for --leader in time: n2 leads\n  → quorate explain --socket ${path} leader says why\n`,
    );
  });

  test('refuses a grace that T_stop has no room for, once it knows that', async () => {
    const { path } = await agentWith();
    const { code, err } = await at(path, ['--quorate', '--grace', '101', '--', 'true']);
    expect(code).toBe(64);
    expect(err).toBe(
      'quorate: run: --grace 101 is more than a child may have: this cluster stops all within 300 ms of a lost lease\n  → at most --grace 100\n',
    );
    expect((await at(path, ['--quorate', '--grace', '100', '--', 'true'])).code).toBe(0);
  });

  test('tells a command that is not there from one that may not be run', async () => {
    const file = join(scratchDirectory(), 'plain');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    const refusal = async (name: string) => {
      const { code, err } = await at('/nowhere', ['--quorate', '--', name]);
      return [code, err.replaceAll(file, 'FILE')];
    };
    const said = (name: string, reason: string, hint: string): string => `quorate: run: cannot run '${name}': ${reason}\n  → ${hint}\n`;
    expect(await refusal('no-such-program')).toEqual([
      127,
      said(
        'no-such-program',
        "no directory of PATH holds a program 'no-such-program'",
        'name it by its path, such as ./worker; or see: echo $PATH',
      ),
    ]);
    expect(await refusal('/no/such/program')).toEqual([
      127,
      said('/no/such/program', 'there is no file /no/such/program', 'see what is there: ls -l /no/such'),
    ]);
    expect(await refusal(file)).toEqual([126, said('FILE', 'FILE may not be executed', 'if it is a program: chmod +x FILE')]);
    expect(await refusal('/tmp')).toEqual([126, said('/tmp', '/tmp is no file', 'name a program')]);
    // Nothing lies below a file.
    expect(await refusal(`${file}/x`)).toEqual([127, said('FILE/x', 'there is no file FILE/x', 'see what is there: ls -l FILE')]);
  });

  test.each([
    ['run', 'something is missing'],
    ['run --leader', 'something is missing'],
    ['run -- true', 'say under which lease: --quorate or --leader'],
    ['run --leader --quorate -- true', 'only one of --quorate and --leader'],
    ['run --leader worker', 'the command comes after two hyphens'],
    ['run --leader --grace soon -- true', "--grace 'soon' is not a number of milliseconds"],
  ])('%s is a usage error', async (line, reason) => {
    const { code, err } = await run(line, { env: { PATH: '/bin:/usr/bin' } });
    expect([code, err]).toEqual([64, expect.stringContaining(`quorate: run: ${reason}\n  → `)]);
  });
});

onLinux('a supervisor that is killed', () => {
  let file = '';
  beforeAll(async () => {
    file = await bundleChild('cli', scratchDirectory());
  });

  test('takes its command along, and what that has started', async () => {
    const { path } = await agentWith();
    const grandchild = join(scratchDirectory(), 'grandchild');
    const child = script(
      `(trap "" HUP TERM; echo started > ${grandchild}; while :; do sleep 0.02; done) & echo $! > ${grandchild}.new; mv ${grandchild}.new ${grandchild}.pid; wait`,
    );
    const supervisor = startChild(file, ['run', '--quorate', '--socket', path, '--', ...child.words], { stdio: 'ignore' });
    await until(() => existsSync(grandchild) && existsSync(`${grandchild}.pid`) && existsSync(child.pidFile), 'both run');
    const pids = [child.pid(), Number(readFileSync(`${grandchild}.pid`, 'utf8'))];
    expect(pids.map(isAlive)).toEqual([true, true]);
    supervisor.kill('SIGKILL');
    expect(await ended(supervisor)).toBe('SIGKILL');
    await until(() => !pids.some(isAlive), 'both are gone');
  });

  test('asks the kernel for it where it can', () => {
    expect(findDeathSignalTool()).toBe(existsSync('/usr/bin/setpriv') ? 'setpriv' : null);
  });
});
