// A command line run inside the test: an Io that keeps what was written, and an agent's socket that answers as it is told.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { MemberJson, MembersJson, StatusJson } from '../../src/api/contract.ts';
import { type Io, main } from '../../src/cli/index.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** What is typed when a verb asks. */
  readonly typed?: string;
}

export async function run(line: string | readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { io, written } = keepingIo(surroundings);
  const argv = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
  const code = await main(argv, io);
  return { code, ...written() };
}

export function keepingIo({ env = {}, isTerminal = false, typed }: Surroundings = {}): {
  io: Io;
  written: () => { out: string; err: string };
} {
  let out = '';
  let err = '';
  const io: Io = {
    out: {
      isTerminal,
      write: (text) => {
        out += text;
      },
    },
    err: {
      isTerminal,
      write: (text) => {
        err += text;
      },
    },
    env,
    uid: process.getuid?.() ?? 0,
    readLine: async () => typed ?? null,
  };
  return { io, written: () => ({ out, err }) };
}

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface FakeAgent {
  readonly socketPath: string;
  /** `METHOD target body`, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** It goes with the test. */
export async function fakeAgent(answer: Answer, socketPath = join(scratchDirectory(), 'q.sock')): Promise<FakeAgent> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString('utf8');
    });
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`.trimEnd());
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  return { socketPath, asked, close };
}

/** What gives this document to everything, or answers by itself. */
export function answering(answer: unknown, status = 200): Answer {
  return typeof answer === 'function' ? (answer as Answer) : (_request, response) => replyJson(response, answer, status);
}

/** Runs one line against an agent that answers so. */
export async function ask(line: string, answer: unknown, surroundings: Surroundings = {}): Promise<Ran & Pick<FakeAgent, 'asked'>> {
  const { socketPath, asked } = await fakeAgent(answering(answer));
  const ran = await run(line, { ...surroundings, env: { ...surroundings.env, QUORATE_SOCKET: socketPath } });
  return { ...ran, asked };
}

export function replyJson(response: ServerResponse, document: unknown, status = 200): void {
  const text = JSON.stringify(document);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

const scratch: string[] = [];

export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-cli-'));
  scratch.push(directory);
  return directory;
}

export function removeScratch(): void {
  for (const directory of scratch.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export function memberJson(change: Partial<MemberJson> = {}): MemberJson {
  return {
    name: 'n1',
    id: '9f'.repeat(16),
    address: '10.0.0.1:7946',
    state: 'alive',
    incarnation: 1_790_000_000_000,
    counter: 1234,
    ageMs: 180,
    phi: null,
    rttMs: null,
    voter: false,
    leader: false,
    zone: '',
    tags: {},
    version: '0.1.0',
    since: '2026-10-01T00:00:00.000Z',
    ...change,
  };
}

export function membersJson(members: readonly MemberJson[] = [memberJson()]): MembersJson {
  return { index: 1, self: 'n1', quorate: false, members };
}

export function statusJson(change: Partial<StatusJson> = {}): StatusJson {
  return {
    name: 'n1',
    id: '9f'.repeat(16),
    cluster: 'default',
    clusterId: 'ab'.repeat(16),
    incarnation: 1_790_000_000_000,
    standing: 'joining',
    quorum: null,
    lease: null,
    leader: null,
    record: null,
    members: { alive: 1, suspect: 0, failed: 0, left: 0, stopped: 0 },
    fence: null,
    problems: [],
    uptimeMs: 81_234,
    address: '10.0.0.1:7946',
    version: '0.1.0',
    profile: 'lan',
    socket: '/run/quorate/quorate.sock',
    ...change,
  };
}

export function quorateJson(change: Partial<StatusJson> = {}): StatusJson {
  return statusJson({
    standing: 'quorate',
    quorum: { voters: 5, needed: 3, acking: 5, canLose: 2, isVoter: true },
    lease: { remainingMs: 2710, fenceMs: 3000, failMs: 4500, stopMs: 1000 },
    leader: { name: 'n1', token: 12, isSelf: true },
    ...change,
  });
}

export function fencedJson(): StatusJson {
  return statusJson({
    standing: 'fenced',
    quorum: { voters: 5, needed: 3, acking: 1, canLose: 0, isVoter: true },
    lease: { remainingMs: 0, fenceMs: 3000, failMs: 4500, stopMs: 1000 },
    fence: {
      since: '2026-10-01T00:00:00.000Z',
      reason: 'lease-lapsed',
      message: 'no majority answered',
      evidence: [
        { voter: 'n2', ackAgeMs: 3001 },
        { voter: 'n3', ackAgeMs: null },
      ],
    },
  });
}
