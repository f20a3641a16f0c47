// The log in both its forms, and what becomes of it when nobody reads.

import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { escapeControls } from '../../src/agent/escape.ts';
import { isLogLevel, openLog } from '../../src/agent/log.ts';
import { readableLine } from '../../src/agent/log-format.ts';
import { LogWriter } from '../../src/agent/log-writer.ts';
import { bundleChild, ended, startChild } from '../support/child.ts';
import { temporaryDir } from '../support/temporary.ts';

function temporaryFile(): { path: string; fd: number } {
  const path = join(temporaryDir(), 'log');
  return { path, fd: openSync(path, 'a') };
}

describe('the log', () => {
  test('is one JSON object a line off a terminal, with the event as message', async () => {
    const { path, fd } = temporaryFile();
    const log = await openLog({ level: 'info', fd });
    log.logger.info({ member: 'n2', event: 'member-joined' }, 'member-joined');
    log.logger.debug('not wanted');
    log.setLevel('debug');
    log.logger.debug('wanted\nnow');
    await log.close();
    closeSync(fd);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), member: 'n2', event: 'member-joined', msg: 'member-joined' },
      { level: 'debug', time: expect.any(String), msg: 'wanted\nnow' },
    ]);
    expect(log.droppedCount).toBe(0);
  });

  test('knows its levels', () => {
    expect(['trace', 'silent', 'info', 'verbose', 'INFO', ''].map(isLogLevel)).toEqual([true, true, true, false, false, false]);
  });

  // Node gives a child a socket as a pipe; a named pipe is a real one. Nobody reads either.
  test.each(['socket', 'pipe'])('whose reader never reads stops neither the loop nor the end: %s', { timeout: 30_000 }, async (kind) => {
    const file = await bundleChild('chatter', temporaryDir());
    const report = { turns: 0, dropped: 0, logged: 0 };
    const stdout = kind === 'socket' ? 'pipe' : unreadPipe();
    const child = startChild(file, [], { stdio: ['ignore', stdout, 'inherit', 'ipc'] });
    child.stdout?.pause();
    child.on('message', (message) => Object.assign(report, message));
    expect(await ended(child)).toBe(0);
    expect(report.turns).toBe(20);
    expect(report.dropped).toBeGreaterThan(0);
    expect(report.dropped).toBeLessThan(report.logged);
  });
});

/** Opened for both, so that it has a reader, which never reads. */
function unreadPipe(): number {
  const path = join(temporaryDir(), 'pipe');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, 'r+');
  onTestFinished(() => closeSync(fd));
  return fd;
}

describe('the writer', () => {
  test('keeps the order of lines and counts what does not fit', async () => {
    const { path, fd } = temporaryFile();
    const recovered: number[] = [];
    const writer = new LogWriter(fd, { bufferBytesMax: 30, onRecovered: (lostCount) => recovered.push(lostCount) });
    for (let i = 0; i < 10; i++) writer.write(`line ${i}\n`);
    await writer.flush(5000);
    expect(writer.droppedCount).toBe(6);
    expect(recovered).toEqual([6]);
    writer.write('after\n');
    await writer.flush(5000);
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toBe('line 0\nline 1\nline 2\nline 3\nafter\n');
  });

  test('outlives a descriptor that is gone', async () => {
    const { fd } = temporaryFile();
    const writer = new LogWriter(fd);
    closeSync(fd);
    writer.write('lost\n');
    await writer.flush(5000);
    writer.write('lost too\n');
    writer.flushNow();
    expect(writer.droppedCount).toBe(2);
  });
});

describe('a line for people', () => {
  test('has the time, the level, the event and the fields', () => {
    const json =
      '{"level":"info","time":"2026-11-20T12:03:04.567Z","member":"n2","ageMs":12,"reason":"no news","tags":{"a":"b"},"msg":"member-joined"}\n';
    expect(readableLine(json, false)).toBe('12:03:04.567 INFO  member-joined member=n2 ageMs=12 reason="no news" tags={"a":"b"}\n');
  });

  test('is coloured only when it is asked to be', () => {
    const json = '{"level":"error","time":"2026-11-20T12:03:04.567Z","msg":"x"}\n';
    expect(readableLine(json, false)).not.toContain('\u001b');
  });

  test('is one line without control characters, whatever it tells', () => {
    const isSteering = (code: number): boolean =>
      code < 0x20 || (code >= 0x7f && code <= 0x9f) || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.anything()), fc.string({ unit: 'binary' }), (fields, msg) => {
        const line = readableLine(JSON.stringify({ ...fields, msg }), false);
        expect(line.at(-1)).toBe('\n');
        expect([...line.slice(0, -1)].filter((character) => isSteering(character.charCodeAt(0)))).toEqual([]);
      }),
    );
  });

  test('shows what was escaped', () => {
    expect(escapeControls('a\r\n\t\u001b[31mb\u202ec\u009b')).toBe('a\\r\\n\\t\\u001b[31mb\\u202ec\\u009b');
    expect(escapeControls('ä 漢 🙂')).toBe('ä 漢 🙂');
  });
});
