// Plays three agents in this one process, until the functions that every agent needs are compiled, and writes what V8 made of them.
// Standard input: the text of the agent's chapter. File descriptor 3: the code.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';
import { Script } from 'node:vm';

const PATIENCE_MS = 10_000;
const CODE_FD = 3;

// Agents change a flag of V8, and on Node 22 there is no way back to what it was.
v8.setFlagsFromString = () => {};
const directory = mkdtempSync(join(tmpdir(), 'quorate-played-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

const { href } = new URL('chapter.js', import.meta.url);
const filename = fileURLToPath(href);
const script = new Script(readFileSync(0, 'latin1'), { filename });
const module = { exports: {} };
script.runInThisContext()(module, module.exports, createRequire(href), href, filename, dirname(filename));

const sink = { isTerminal: false, write: () => {} };
const io = { out: sink, err: sink, env: { HOME: directory }, uid: 1000, readLine: async () => null };

start('one', ['init', true]);
const { address } = await answered('one', '/v1/status', () => true);
for (const name of ['two', 'three']) start(name, ['join', [address]]);
for (const name of ['one', 'two', 'three']) await answered(name, '/v1/members', ({ members }) => members.length === 3);
// Beats, acks, and a second voter.
await answered('one', '/v1/status', ({ quorum }) => quorum?.voters >= 2 && quorum.acking === quorum.voters);
writeFileSync(CODE_FD, script.createCachedData());
process.exit();

/** An agent that ends has failed: none is asked to. */
function start(name, ...flags) {
  const own = [
    ['name', name],
    ['bind', ['127.0.0.1:0']],
    ['profile', 'local'],
    ['socket', socketOf(name)],
    ['state-dir', join(directory, name)],
  ];
  const line = { verb: 'agent', flags: new Map([...own, ...flags]), operands: [] };
  module.exports.runHost(line, io).then((code) => fail(`the agent ${name} ended with ${code}`));
}

function socketOf(name) {
  return join(directory, `${name}.sock`);
}

/** What the agent of that name answers, once it is as it should be. */
async function answered(name, path, isRight) {
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs) {
    const answer = await ask(socketOf(name), path);
    if (answer !== null && isRight(answer)) return answer;
    await pause(20);
  }
  return fail(`${name} did not answer ${path} as it should within ${PATIENCE_MS / 1000} s`);
}

function ask(socketPath, path) {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.once('end', () => resolve(response.statusCode === 200 ? JSON.parse(text) : null));
    });
    asked.once('error', () => resolve(null));
    asked.end();
  });
}

function fail(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
