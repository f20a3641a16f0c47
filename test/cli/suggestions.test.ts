// What a message suggests to type: to the agent that was asked, in commands and not in requests.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isFoundPlainly } from '../../src/cli/socket-search.ts';
import { addressed } from '../../src/cli/suggestions.ts';
import {
  type Answer,
  answering,
  fakeAgent,
  fencedJson,
  membersJson,
  quorateJson,
  type Ran,
  removeScratch,
  replyJson,
  run,
  scratchDirectory,
} from '../support/cli.ts';

afterAll(removeScratch);

/** Runs a line with --socket against an agent that answers everything with this document; its path is shown as PATH. */
async function askAt(line: string, answer: unknown, status = 200): Promise<Ran> {
  const { socketPath } = await fakeAgent(answering(answer, status));
  const [verb = '', ...rest] = line.split(' ');
  const { code, out, err } = await run([verb, '--socket', socketPath, ...rest]);
  return { code, out: out.replaceAll(socketPath, 'PATH'), err: err.replaceAll(socketPath, 'PATH') };
}

describe('a suggested command', () => {
  test.each([
    ['quorate members', 'quorate members --socket /a/b.sock'],
    ['or name another seed: quorate join HOST[:PORT]', 'or name another seed: quorate join --socket /a/b.sock HOST[:PORT]'],
    ['quorate run --leader -- ./worker', 'quorate run --socket /a/b.sock --leader -- ./worker'],
    ['quorate leader, or quorate leave', 'quorate leader --socket /a/b.sock, or quorate leave --socket /a/b.sock'],
    // What asks no agent, and what is only named, stays.
    ['quorate agent --dev; quorate help members', 'quorate agent --dev; quorate help members'],
    ['a process under `quorate run` could not be ended', 'a process under `quorate run` could not be ended'],
    ['only a member that is quorate', 'only a member that is quorate'],
  ])('%s', (sentence, goesTo) => {
    expect(addressed(sentence, '/a/b.sock')).toBe(goesTo);
    expect(addressed(sentence, null)).toBe(sentence);
  });

  test('names a path with a blank so that a shell takes it for one word', () => {
    expect(addressed('quorate status', "/a b/it's")).toBe("quorate status --socket '/a b/it'\\''s'");
  });

  test('of a hint, of an explanation and of a status goes to the agent that was asked', async () => {
    expect((await askAt('events --follow', (_: unknown, response: Parameters<Answer>[1]) => response.end())).err).toContain(
      '→ when it is back: quorate events --socket PATH --follow\n',
    );
    expect((await askAt('status', fencedJson())).out).toContain('→\tquorate explain --socket PATH fence\n');
    const status = quorateJson({ problems: [{ code: 'x', message: 'm', hint: 'bring them back: quorate members' }] });
    expect((await askAt('status', status)).out).toContain('→\tbring them back: quorate members --socket PATH\n');
    const answer: Answer = (request, response) => replyJson(response, request.url === '/v1/members' ? membersJson() : fencedJson());
    expect((await askAt('explain leader', answer)).out).toContain('  next     quorate explain --socket PATH fence\n');
    expect((await askAt('join 10.0.0.1', { done: true })).err).toContain('quorate members --socket PATH shows who answers\n');
    expect((await askAt('voters add n4', { done: true })).err).toContain('quorate voters --socket PATH shows when\n');
  });

  test('to start an agent starts it where it was looked for', async () => {
    const { code, err } = await run('members --socket /nowhere/q.sock');
    expect(code).toBe(3);
    expect(err).toContain('→ start one there: quorate agent --socket /nowhere/q.sock with --dev to try it out, --init or --join HOST for');
  });
});

describe('a refusal', () => {
  const problem = (code: string, detail: string) => ({ status: 400, code, detail, hint: 'POST /v1/x and send it again' });

  test.each([
    ['forget nobody', 'no-such-member', 'quorate members --socket PATH shows the names'],
    ['forget n1', 'is-self', 'to take this agent out of the cluster: quorate leave --socket PATH'],
    ['voters remove n9', 'invalid', 'quorate voters --socket PATH shows who votes'],
    ['tag set a=b', 'invalid', 'quorate help tag shows what can be typed'],
    ['reload', 'no-such-route', 'the agent is of another version than this command: quorate status --socket PATH shows its version'],
    ['leave', 'something-new', 'POST /v1/x and send it again'],
  ])('of %s as %s is told with a command, where there is one', async (line, code, hint) => {
    const reply: Answer = (request, response) =>
      request.method === 'GET' ? replyJson(response, membersJson()) : replyJson(response, problem(code, 'it is so'), 400);
    expect(await askAt(line, reply)).toEqual({ code: 1, out: '', err: `quorate: it is so\n  → ${hint}\n` });
  });
});

describe('an agent is found without --socket', () => {
  test('when its socket is the first of the usual ones that are there, and nothing else is named', () => {
    const runtime = scratchDirectory();
    const env = { XDG_RUNTIME_DIR: runtime };
    const path = join(runtime, 'quorate', 'quorate.sock');
    // A user of this number has no socket in /tmp.
    const uid = 4_000_000_123;
    expect(isFoundPlainly(path, env, uid)).toBe(false);
    mkdirSync(dirname(path));
    writeFileSync(path, '');
    expect(isFoundPlainly(path, env, uid)).toBe(!existsSync('/run/quorate/quorate.sock'));
    expect(isFoundPlainly('/somewhere/else', env, uid)).toBe(false);
    expect(isFoundPlainly(path, { ...env, QUORATE_SOCKET: path }, uid)).toBe(false);
    // Unless an agent of the system stands before it.
    expect(isFoundPlainly(`/tmp/quorate-${uid}/quorate.sock`, env, uid)).toBe(false);
  });
});
