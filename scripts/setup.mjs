// Makes a clean clone ready: what package-lock.json names is installed, dist/ is as new as its sources.
// Everything it says goes to stderr, because the command that called it owns stdout. It runs before the install, so it
// uses nothing but Node, and it is plain JavaScript because Node 20 reads nothing else.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const executable = join(root, 'dist', 'quorate.mjs');
const built = [executable, join(root, 'dist', 'lib.mjs'), join(root, 'dist', 'types', 'lib.d.ts')];

const NODE_MIN = [20, 19];
/** An install that takes longer than this has been abandoned: a lock this old is nobody's. */
const LOCK_MS_MAX = 10 * 60_000;

/** Ends the process with a sentence when this cannot be done. */
export async function setUp() {
  await install();
  if (isBuilt()) return;
  await whileAlone(() => {
    if (!isBuilt()) run('building dist/', process.execPath, ['scripts/build.mjs']);
  });
}

/** Only what the lock file names, for who builds something else or builds by itself. */
export async function install() {
  refuseOldNode();
  if (isInstalled()) return;
  await whileAlone(() => {
    if (!isInstalled())
      run('installing what package-lock.json names', ...npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'));
  });
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  fail(
    `this is Node ${process.versions.node}, and quorate needs ${NODE_MIN.join('.')} or newer: install it from https://nodejs.org and try again`,
  );
}

// npm writes node_modules/.package-lock.json when an install is complete, so that file says what is there, whoever ran npm.
function isInstalled() {
  const wanted = readJson('package-lock.json');
  const present = readJson('node_modules/.package-lock.json');
  if (present === null) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    const found = present.packages[path];
    // The root itself is not listed; other platforms' builds are optional and absent.
    if (path === '' || (found === undefined && entry.optional === true)) return true;
    return found !== undefined && found.version === entry.version;
  });
}

function isBuilt() {
  const builtAtMs = Math.min(...built.map(changedAtMs));
  const sources = [
    'package.json',
    'package-lock.json',
    'scripts/build.mjs',
    'scripts/compiled.mjs',
    'scripts/play.mjs',
    'scripts/types.tsconfig.json',
  ].map((path) => changedAtMs(join(root, path)));
  return builtAtMs >= Math.max(newestMs(join(root, 'src')), ...sources);
}

// Directories count too: a file that was taken away changes only them.
function newestMs(directory) {
  let newest = changedAtMs(directory);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMs(path) : changedAtMs(path));
  }
  return newest;
}

function changedAtMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch {
    return null;
  }
}

// Two terminals in one fresh clone must not install over each other: the second one waits, then finds it done.
async function whileAlone(work) {
  const lock = join(root, '.cache', 'setup.lock');
  mkdirSync(dirname(lock), { recursive: true });
  while (!taken(lock)) await new Promise((resolve) => setTimeout(resolve, 200));
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST')
      fail(`cannot write ${lock} (${error.code}): quorate sets itself up inside its own folder, which must be writable`);
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isAbandoned(lock) {
  const writtenAtMs = changedAtMs(lock);
  if (writtenAtMs === 0 || Date.now() - writtenAtMs > LOCK_MS_MAX) return true;
  try {
    const owner = Number(readFileSync(lock, 'utf8'));
    // Empty for the instant between its creation and its first byte.
    if (owner > 0) process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH' || error.code === 'ENOENT';
  }
}

/** The npm that called us, else the one on the path. */
function npm(...args) {
  const caller = process.env.npm_execpath;
  return caller?.endsWith('npm-cli.js') ? [process.execPath, [caller, ...args]] : ['npm', args];
}

function run(what, command, args) {
  process.stderr.write(`quorate: ${what} …\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`${what} did not work${error ? ` (${error.message})` : ''}: what it said stands above`);
}

/** `process.exit` skips `finally`, so the lock of a failed set-up is found abandoned by the next one: its owner is gone. */
function fail(sentence) {
  process.stderr.write(`quorate: ${sentence}\n`);
  process.exit(1);
}
