// The rules of a listening socket's path, with real files: modes, stale sockets, live ones, and what is not ours.

import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SOCKET_PATH_BYTES_MAX } from '../../src/agent/socket-path.ts';
import { listenOnUnixSocket } from '../../src/agent/unix-socket.ts';
import { later, temporaryDirectory } from '../support/api-server.ts';

const isRoot = process.getuid?.() === 0;

function server(): Server {
  const made = createServer((socket) => socket.on('error', () => {}).end('alive'));
  later(() => {
    made.close();
  });
  return made;
}

/** What a killed agent leaves behind. */
function staleSocket(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  expect(lstatSync(path).isSocket()).toBe(true);
}

function answerAt(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.on('data', (bytes) => resolve(bytes.toString()));
    socket.on('error', reject);
  });
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('modes', () => {
  test.each([0o660, 0o666, 0o600])('the socket has mode %o from the moment it exists, whatever the mask', async (mode) => {
    const path = join(temporaryDirectory(), 's');
    const before = process.umask(0o027);
    later(() => {
      process.umask(before);
    });
    const one = server();
    const listening = listenOnUnixSocket(one, path, mode);
    await new Promise((resolve) => setImmediate(resolve));
    const modeAtOnce = existsSync(path) ? modeOf(path) : mode;
    await listening;
    expect([modeAtOnce, modeOf(path)]).toEqual([mode, mode]);
    expect(process.umask()).toBe(0o027);
  });

  test('a directory that is missing is made for its owner alone, one that exists is left as it is', async () => {
    const root = temporaryDirectory();
    await listenOnUnixSocket(server(), join(root, 'a', 'b', 's'), 0o660);
    expect([modeOf(join(root, 'a')), modeOf(join(root, 'a', 'b'))]).toEqual([0o700, 0o700]);
    mkdirSync(join(root, 'c'), { mode: 0o755 });
    chmodSync(join(root, 'c'), 0o755);
    await listenOnUnixSocket(server(), join(root, 'c', 's'), 0o660);
    expect(modeOf(join(root, 'c'))).toBe(0o755);
  });
});

describe('the length of the path', () => {
  test('107 bytes are taken as they are, 108 are refused with both numbers', async () => {
    const root = temporaryDirectory();
    const longest = join(root, 'x'.repeat(SOCKET_PATH_BYTES_MAX - root.length - 1));
    await listenOnUnixSocket(server(), longest, 0o660);
    expect(existsSync(longest)).toBe(true);
    await expect(listenOnUnixSocket(server(), `${longest}x`, 0o660)).rejects.toMatchObject({
      code: 'socket-path-too-long',
      message: expect.stringMatching(/has 108 bytes, more than the 107/),
    });
  });

  test('bytes count, not letters', async () => {
    const path = join(temporaryDirectory(), 'ä'.repeat(50));
    expect(path.length).toBeLessThan(SOCKET_PATH_BYTES_MAX);
    await expect(listenOnUnixSocket(server(), path, 0o660)).rejects.toMatchObject({ code: 'socket-path-too-long' });
  });
});

describe('a path that is taken', () => {
  test('by a killed agent’s socket is taken over', async () => {
    const path = join(temporaryDirectory(), 's');
    staleSocket(path);
    await listenOnUnixSocket(server(), path, 0o660);
    expect(await answerAt(path)).toBe('alive');
  });

  test('by a live agent is in use, and the agent lives on', async () => {
    const path = join(temporaryDirectory(), 's');
    await listenOnUnixSocket(server(), path, 0o660);
    await expect(listenOnUnixSocket(server(), path, 0o660)).rejects.toMatchObject({
      code: 'socket-in-use',
      message: `another agent listens on ${path}`,
    });
    expect(await answerAt(path)).toBe('alive');
  });

  test.each([
    ['a file', (path: string) => writeFileSync(path, 'precious')],
    ['a directory', (path: string) => mkdirSync(path)],
  ])('by %s is refused, and it stays', async (_, make) => {
    const path = join(temporaryDirectory(), 's');
    make(path);
    await expect(listenOnUnixSocket(server(), path, 0o660)).rejects.toMatchObject({
      code: 'socket-unusable',
      message: `${path} exists and is not a socket`,
    });
    expect(existsSync(path)).toBe(true);
  });
});

describe('a directory that will not do', () => {
  test('because it is a file is refused with what was tried', async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, 'file'), '');
    await expect(listenOnUnixSocket(server(), join(root, 'file', 's'), 0o660)).rejects.toMatchObject({
      code: 'socket-unusable',
      message: `the directory ${root}/file for the socket could not be made: ${root}/file is not a directory`,
    });
  });

  test.runIf(existsSync('/proc/self'))('because its place takes none is refused at once', async () => {
    await expect(listenOnUnixSocket(server(), '/proc/x/q.sock', 0o660)).rejects.toMatchObject({
      code: 'socket-unusable',
      message: 'the directory /proc/x for the socket could not be made: /proc takes no directories',
    });
  });

  // Only root can make what belongs to another and then act as another.
  test.runIf(isRoot).each([
    ['because it may not be written is refused', 0, 0o755, false, 'permission-denied'],
    ['because it is another user’s is refused', 12_345, 0o777, false, 'socket-unusable'],
    ['with a stale socket of another user in it is refused', 65_534, 0o700, true, 'socket-unusable'],
  ])('%s', async (_, owner, mode, hasStale, code) => {
    const root = temporaryDirectory();
    chmodSync(root, 0o755);
    const directory = join(root, 'd');
    mkdirSync(directory);
    const path = join(directory, 's');
    if (hasStale) {
      staleSocket(path);
      chmodSync(path, 0o666);
    }
    chownSync(directory, owner, owner);
    chmodSync(directory, mode);
    process.seteuid?.(65_534);
    try {
      await expect(listenOnUnixSocket(server(), path, 0o660)).rejects.toMatchObject({ code });
    } finally {
      process.seteuid?.(0);
    }
    expect(existsSync(path)).toBe(hasStale);
  });
});

test('the file goes when the server closes', async () => {
  const path = join(temporaryDirectory(), 's');
  const one = server();
  await listenOnUnixSocket(one, path, 0o660);
  await new Promise((resolve) => one.close(resolve));
  expect(existsSync(path)).toBe(false);
});
