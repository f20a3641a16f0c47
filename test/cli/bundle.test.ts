// The real file that users run: one executable, what it leaves unread on the hot path, and how it ends when nobody reads.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/build.mjs';
import { type Answer, fakeAgent, membersJson, removeScratch, replyJson, scratchDirectory } from '../support/cli.ts';

const executable = join(scratchDirectory(), 'quorate.mjs');

// Loaded before the bundle: tells at the end which of Node's modules were loaded, and which chapters of the file were compiled.
const spy = `data:text/javascript,${encodeURIComponent(`
  import vm from 'node:vm';
  const chapters = [];
  vm.Script = class extends vm.Script {
    constructor(source, options) { chapters.push(options.filename.split('#')[1]); super(source, options); }
  };
  process.on('exit', () => process._rawDebug(JSON.stringify({ chapters, modules: process.moduleLoadList })));
`)}`;

interface Loaded {
  readonly chapters: readonly string[];
  readonly modules: readonly string[];
}

beforeAll(() => bundle(executable));
afterAll(removeScratch);

async function loadedBy(argv: readonly string[], answer: Answer): Promise<{ readonly out: string; readonly loaded: Loaded }> {
  const agent = await fakeAgent(answer);
  const child = spawn(process.execPath, ['--import', spy, executable, ...argv], {
    env: { ...process.env, QUORATE_SOCKET: agent.socketPath },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (piece) => (out += String(piece)));
  child.stderr.on('data', (piece) => (err += String(piece)));
  await once(child, 'close');
  await agent.close();
  return { out, loaded: JSON.parse(err.slice(err.indexOf('{"chapters"'))) };
}

describe('the executable', () => {
  test('is one file that runs by itself', () => {
    expect(readFileSync(executable, 'utf8').startsWith('#!/usr/bin/env node\n')).toBe(true);
    accessSync(executable, constants.X_OK);
    const { status, stdout } = spawnSync(executable, ['version'], { encoding: 'utf8' });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/^quorate /) });
  });

  test('reads neither yargs nor pino nor node:http for members', async () => {
    const { out, loaded } = await loadedBy(['members'], (_request, response) => replyJson(response, membersJson()));
    expect(out).toContain('n1\talive');
    expect(loaded.chapters).toEqual([]);
    for (const module of ['http', '_http_client', 'crypto', 'dgram', 'worker_threads', 'child_process']) {
      expect(loaded.modules).not.toContain(`NativeModule ${module}`);
    }
  });

  test('reads them for what needs them, so that the check above can fail', async () => {
    const { loaded } = await loadedBy(['help'], () => {});
    expect(loaded.chapters).toEqual(['full', 'words']);
  });

  test('reads no yargs for a plain line, and no other verb for an agent', async () => {
    const { loaded: version } = await loadedBy(['version', '--json'], () => {});
    expect(version.chapters).toEqual(['full']);
    const wrong = ['--bind', '256.0.0.1'];
    const { loaded: agent } = await loadedBy(['agent', ...wrong], () => {});
    expect(agent.chapters).toEqual(['host']);
    // A value that looks like a flag is yargs' to read.
    const { loaded: unusual } = await loadedBy(['agent', ...wrong, '--zone=-a'], () => {});
    expect(unusual.chapters).toEqual(['full', 'words', 'host']);
  });

  test('ends with 64, and without a stack, for a line that is wrong', () => {
    const { status, stderr } = spawnSync(process.execPath, [executable, 'members', '--jsn'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 64, stderr: 'quorate: members: unknown option --jsn\n  → did you mean --json?\n' });
  });

  test('ends with 1, and not with a yes, when no answer ever comes', () => {
    const socket = join(scratchDirectory(), 'quorate.sock');
    // A connection that never opens and keeps no process alive.
    const silent = `data:text/javascript,${encodeURIComponent(`
      import net from 'node:net';
      net.createConnection = () => Object.assign(new net.Socket(), { connecting: true });
    `)}`;
    const argv = ['--import', silent, executable, 'wait', 'quorate', '--socket', socket];
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });

  test('ends quietly with 0 when the reader of its output goes away', async () => {
    const agent = await fakeAgent((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      const line = `${JSON.stringify({ id: 1, time: 'x', type: 'quorate', reason: 'r'.repeat(1000) })}\n`;
      const pour = (): void => {
        while (!response.destroyed && response.write(line));
      };
      response.on('drain', pour);
      pour();
    });
    const child = spawn(process.execPath, [executable, 'events', '--follow', '--socket', agent.socketPath], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (piece) => (err += String(piece)));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'close');
    await agent.close();
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});
