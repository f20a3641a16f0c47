// What the bench asks serf and reads of it, against a server that is made up here: serf itself need not be installed.

import { createServer, type Socket } from 'node:net';
import { Packr } from 'msgpackr';
import { expect, onTestFinished, test } from 'vitest';
import { objectsIn, SerfRpc } from './side/serf-rpc.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const header = (problem = ''): Buffer => Buffer.from(packr.pack({ Seq: 1, Error: problem }));
const packed = (value: unknown): Buffer => Buffer.from(packr.pack(value));

/** Answers the commands one after the other with these bytes, each in as many pieces as it has bytes. */
async function newServer(answers: Readonly<Record<string, Buffer>>): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.setNoDelay(true).on('data', async (chunk) => {
      for (const value of objectsIn(chunk).values) {
        const answer = answers[(value as { readonly Command?: string }).Command ?? ''];
        if (answer !== undefined) for (const byte of answer) await new Promise((sent) => socket.write(Buffer.of(byte), sent));
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { readonly port: number }).port;
}

test('whatever is whole is read, and what is not stays for later, wherever the bytes are cut', () => {
  const values = [{ Seq: 1, Error: '' }, { Members: [{ Name: 'n1', Status: 'alive' }] }];
  const bytes = Buffer.concat(values.map(packed));
  const firstBytes = packed(values[0]).length;
  for (let cut = 0; cut <= bytes.length; cut++) {
    const { values: heard, read } = objectsIn(bytes.subarray(0, cut));
    const whole = cut === bytes.length ? 2 : cut >= firstBytes ? 1 : 0;
    expect({ cut, heard }).toEqual({ cut, heard: values.slice(0, whole) });
    expect(read).toBe(whole === 2 ? bytes.length : whole === 1 ? firstBytes : 0);
  }
});

test('members are told as serf lists them', async () => {
  const members = [
    { Name: 'n1', Status: 'alive' },
    { Name: 'n2', Status: 'failed' },
  ];
  const port = await newServer({ handshake: header(), members: Buffer.concat([header(), packed({ Members: members })]) });
  const rpc = await SerfRpc.open('127.0.0.1', port);
  onTestFinished(() => rpc.close());
  expect(await rpc.members()).toEqual(members);
});

test('the lines of its log are heard in their order', async () => {
  const lines = ['[INFO] agent: Serf agent starting', `[INFO] serf: EventMemberFailed: ${'long-'.repeat(20)}name 127.0.0.1`];
  const monitor = Buffer.concat([header(), ...lines.flatMap((line) => [header(), packed({ Log: line })])]);
  const port = await newServer({ handshake: header(), monitor });
  const rpc = await SerfRpc.open('127.0.0.1', port);
  onTestFinished(() => rpc.close());
  const heard: string[] = [];
  await rpc.monitor((line) => heard.push(line));
  await expect.poll(() => heard).toEqual(lines);
});

test('what serf refuses is an error in its words', async () => {
  const port = await newServer({ handshake: header(), leave: header('not today') });
  const rpc = await SerfRpc.open('127.0.0.1', port);
  onTestFinished(() => rpc.close());
  await expect(rpc.leave()).rejects.toThrow('serf refuses leave: not today');
});
