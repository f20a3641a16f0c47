// The reading side: what it makes of an agent's answers, of none, and of answers that are no HTTP.

import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiProblem, ApiUnreachable, connect } from '../../src/api/client.ts';
import { later, serve, temporaryDirectory } from '../support/api-server.ts';
import { fakeAgent, memberView } from '../support/fake-agent.ts';

const isRoot = process.getuid?.() === 0;

/** A socket that treats each connection as told, once its request came. */
async function stub(answer: (socket: Socket) => void): Promise<string> {
  const path = join(temporaryDirectory(), 's');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
    later(() => {
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  later(() => {
    server.close();
  });
  return path;
}

const saying = (text: string): Promise<string> => stub((socket) => socket.end(text, 'latin1'));

describe('no agent', () => {
  test('nothing at the path', async () => {
    const path = join(temporaryDirectory(), 'none');
    const error = await connect(path)
      .status()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiUnreachable);
    expect(error).toMatchObject({ code: 'no-socket', socketPath: path, message: `no agent answered at ${path}: there is no such file` });
  });

  test('a file that nobody listens on', async () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, '');
    await expect(connect(path).status()).rejects.toMatchObject({ code: 'refused' });
  });

  test.runIf(isRoot)('a socket that this user may not open', async () => {
    const path = await stub(() => {});
    chmodSync(path, 0o600);
    chmodSync(join(path, '..'), 0o755);
    process.seteuid?.(65_534);
    try {
      await expect(connect(path).status()).rejects.toMatchObject({ code: 'permission-denied' });
    } finally {
      process.seteuid?.(0);
    }
  });

  test('a path that the system would cut off', async () => {
    await expect(connect(`/tmp/${'x'.repeat(103)}`).status()).rejects.toMatchObject({ code: 'path-too-long' });
  });

  test('one that is stopped: it accepts and stays silent', async () => {
    const path = await stub(() => {});
    await expect(connect(path, 50).status()).rejects.toMatchObject({ code: 'no-answer' });
  });

  test('one that stops in the middle of its answer', async () => {
    const path = await stub((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{'));
    await expect(connect(path, 50).status()).rejects.toMatchObject({ code: 'no-answer' });
  });
});

describe('answers', () => {
  test('a problem bears code, status and hint', async () => {
    const { client } = await serve(fakeAgent());
    const error = await client.member('nobody').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ status: 404, code: 'no-such-member', message: 'no member is named "nobody"', hint: expect.any(String) });
    await expect(client.events({ since: -1 }).next()).rejects.toMatchObject({ status: 400, code: 'invalid-query' });
  });

  test('names and tags are encoded', async () => {
    const { client } = await serve(fakeAgent({ members: [memberView('a b/ä', { tags: [['x&y', '=?']] })] }));
    expect((await client.member('a b/ä')).name).toBe('a b/ä');
    expect((await client.members({ tags: [['x&y', '=?']] })).members).toHaveLength(1);
  });

  test('a large list comes whole', async () => {
    const members = Array.from({ length: 5000 }, (_, i) => memberView(`n${i}`));
    const { client } = await serve(fakeAgent({ members }));
    expect((await client.members()).members).toHaveLength(5000);
  });

  test('a body in chunks, however they and the packets are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (parts, cut) => {
          const chunks = parts.map((part) => `${Buffer.byteLength(part).toString(16)};ext=1\r\n${part}\r\n`).join('');
          const bytes = Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\nTrailer: x\r\n\r\n`);
          const path = await stub((socket) => {
            for (let i = 0; i < bytes.length; i += cut) socket.write(bytes.subarray(i, i + cut));
          });
          expect((await connect(path).request('GET', '/')).body).toBe(parts.join(''));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('a body without a length ends with the connection', async () => {
    const path = await saying('HTTP/1.0 200 OK\r\nX-Quorate:  false \r\n\r\nabc');
    const response = await connect(path).request('GET', '/');
    expect(response.body).toBe('abc');
    expect(response.headers.get('x-quorate')).toBe('false');
  });

  test('an interim answer is passed over', async () => {
    const path = await saying('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    expect(await connect(path).request('GET', '/')).toMatchObject({ status: 200, body: '{}' });
  });
});

describe('answers that are none', () => {
  test.each([
    ['nothing', ''],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(20_000)}`],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a length beyond the bound', 'HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n'],
    ['a body cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}'],
    ['a chunk size that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a chunk beyond the bound', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n'],
    ['a chunk longer than it said', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n'],
    ['chunks without end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    ['a coding nobody asked for', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['a body that is not JSON', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{]'],
    ['an error that says nothing', 'HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\n{}'],
    ['an error that is null', 'HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nnull'],
  ])('%s', async (_, text) => {
    await expect(connect(await saying(text)).status()).rejects.toMatchObject({ name: 'ApiUnreachable', code: 'broken' });
  });

  test('an event without end is refused before it fills the memory', async () => {
    const path = await stub((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(65_536)));
      };
      socket.on('drain', more);
      more();
    });
    await expect(connect(path).events().next()).rejects.toMatchObject({ code: 'broken' });
  });

  test('an agent that dies ends its stream of events with an error, one that stops without', async () => {
    const path = await stub((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"id":1}\n\r\n', () =>
        socket.destroy(),
      );
    });
    const events = connect(path).events();
    expect((await events.next()).value).toEqual({ id: 1 });
    await expect(events.next()).rejects.toMatchObject({ code: 'broken' });

    const { client, server } = await serve(fakeAgent());
    const stream = client.events().next();
    while (server.streamCount === 0) await new Promise((resolve) => setImmediate(resolve));
    await server.close();
    expect(await stream).toEqual({ done: true, value: undefined });
  });
});
