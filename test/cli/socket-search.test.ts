// Where an agent is looked for, and what is said when there is none.

import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { searchSockets, socketPathProblem } from '../../src/cli/socket-search.ts';
import { fakeAgent, membersJson, removeScratch, replyJson, run, scratchDirectory } from '../support/cli.ts';

afterAll(removeScratch);

describe('the search order', () => {
  test('is the system, the session, the temporary directory of the user', () => {
    const { tried } = searchSockets(null, { XDG_RUNTIME_DIR: '/run/user/7' }, 7);
    expect(tried.map(({ path }) => path)).toEqual([
      '/run/quorate/quorate.sock',
      '/run/user/7/quorate/quorate.sock',
      '/tmp/quorate-7/quorate.sock',
    ]);
    expect(searchSockets(null, { XDG_RUNTIME_DIR: 'relative' }, 7).tried).toHaveLength(2);
  });

  test('ends with the path that is named, so that no other agent is spoken to by mistake', () => {
    expect(searchSockets('/a', { QUORATE_SOCKET: '/b' }, 7).tried).toEqual([{ path: '/a', from: '--socket' }]);
    expect(searchSockets(null, { QUORATE_SOCKET: '/b' }, 7).tried).toEqual([{ path: '/b', from: 'QUORATE_SOCKET' }]);
    expect(searchSockets('/a', { QUORATE_SOCKET: '/b' }, 7).skipped.map(({ path }) => path)).toEqual([
      '/b',
      '/run/quorate/quorate.sock',
      '/tmp/quorate-7/quorate.sock',
    ]);
  });

  test('refuses a path that Node would cut off', () => {
    expect(socketPathProblem({ path: `/${'a'.repeat(107)}`, from: '--socket' }, 7)).toBe(
      'the path has 108 bytes, at most 107 are possible',
    );
  });
});

describe('an agent that cannot be found', () => {
  test('is exit code 3, every path tried with its reason, and how to start one', async () => {
    const directory = scratchDirectory();
    const { code, out, err } = await run('members', { env: { QUORATE_SOCKET: join(directory, 'none.sock') } });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toBe(
      [
        'quorate: no agent can be reached; tried in this order:',
        `  ${directory}/none.sock  no such file (from QUORATE_SOCKET)`,
        `  not tried, because QUORATE_SOCKET names the one: /run/quorate/quorate.sock, /tmp/quorate-${process.getuid?.() ?? 0}/quorate.sock`,
        '  → start one: quorate agent --dev to try it out, quorate agent --init or --join HOST for a cluster',
        '',
      ].join('\n'),
    );
  });

  test('is told from one that has gone and left its socket behind', async () => {
    const path = join(scratchDirectory(), 'file.sock');
    writeFileSync(path, '');
    const { code, err } = await run(['status', '--socket', path]);
    expect(code).toBe(3);
    expect(err).toContain(`${path}  refused: nobody listens there any more (from --socket)`);
  });

  test('is told from one that takes the connection and hangs up', async () => {
    const path = join(scratchDirectory(), 'q.sock');
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const { code, err } = await run(['status', '--socket', path]);
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(3);
    expect(err).toContain(path);
    expect(err).toContain('look at its log');
  });

  // On a machine where an agent of the system runs, that one is found first, as it should be.
  test.skipIf(existsSync('/run/quorate/quorate.sock'))('is looked for in the session when the system has none', async () => {
    const runtimeDir = scratchDirectory();
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(runtimeDir, 'quorate'));
    const agent = await fakeAgent((_request, response) => replyJson(response, membersJson()), join(runtimeDir, 'quorate', 'quorate.sock'));
    const { code, out } = await run('members', { env: { XDG_RUNTIME_DIR: runtimeDir } });
    await agent.close();
    expect({ code, out }).toEqual({ code: 0, out: 'n1\talive\t10.0.0.1:7946\t180\t-\t-\t-\n' });
  });
});
