// Makes the cache of compiled code beside dist/quorate.mjs: plays three agents in this one process until the functions that every
// agent needs are compiled, and keeps what V8 made of them. An agent that finds it starts in two thirds of the time; one that
// does not, or runs another Node, compiles as ever. Arguments: the file with the program's text, the file to write.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { sealed } from './code-cache.mjs';

const PLAYED_MS = 2500;
const PATIENCE_MS = 10_000;

const [textFile, cacheFile] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'quorate-warm-up-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

const script = new Script(readFileSync(textFile, 'utf8'), { filename: textFile });
const module = { exports: {} };
const ownUrl = pathToFileURL(textFile).href;
script.runInThisContext()(module, module.exports, createRequire(ownUrl), ownUrl, textFile, directory);

const sink = { isTerminal: false, write: () => {} };
const io = { out: sink, err: sink, env: { HOME: directory }, uid: 1000, readLine: async () => null };

function start(name, ...flags) {
  const own = ['--bind', '127.0.0.1:0', '--profile', 'local', '--socket', socketOf(name), '--state-dir', join(directory, name)];
  void module.exports.runFull(['agent', '--name', name, ...own, ...flags], io).then((code) => process.exit(code === 0 ? 1 : code));
}

function socketOf(name) {
  return join(directory, `${name}.sock`);
}

function get(name, path) {
  return new Promise((resolve) => {
    const asked = request({ socketPath: socketOf(name), path }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.once('end', () => resolve(JSON.parse(text)));
    });
    asked.once('error', () => resolve(null));
    asked.end();
  });
}

async function until(isTrue) {
  const startMs = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - startMs > PATIENCE_MS) process.exit(1);
    await pause(20);
  }
}

let first = null;
start('one', '--init');
await until(async () => {
  first = await get('one', '/v1/status');
  return first !== null;
});
for (const name of ['two', 'three']) start(name, '--join', first.address);
await until(async () => (await get('three', '/v1/members'))?.members.length === 3);
await pause(PLAYED_MS);
writeFileSync(cacheFile, sealed(script.createCachedData()));
process.exit(0);
