// `npm start`: one agent in --dev mode from a clean clone; `npm start -- agent --join …` passes arguments on.
// The agent is imported, not spawned: one process, so signals and the exit code are its own.

import { pathToFileURL } from 'node:url';
import { executable, setUp } from './setup.mjs';

await setUp();
const args = process.argv.slice(2);
process.argv = [process.execPath, executable, ...(args.length > 0 ? args : ['agent', '--dev'])];
await import(pathToFileURL(executable).href);
