// The workload of labs and of the demo: appends a line to one shared file every few milliseconds for as long as it lives.
// It tells whoever watches when it began; the watcher learns of its end by the connection that breaks, whatever ended it.
//
//   node worker.mjs --report SOCKET --name NAME --file FILE [--stubborn]     (--stubborn: TERM is ignored, only KILL ends it)

import { appendFileSync } from 'node:fs';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

const EVERY_MS = 10;
const { values } = parseArgs({
  options: {
    report: { type: 'string' },
    name: { type: 'string' },
    file: { type: 'string' },
    stubborn: { type: 'boolean', default: false },
  },
});
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
const token = process.env.QUORATE_TOKEN ?? null;
/** The process began before its first line: that instant counts. */
const startedAtMs = nowMs() - performance.now();

if (values.stubborn) process.on('SIGTERM', () => {});
const watcher = connect(values.report);
watcher.on('error', () => process.exit(1));
// Nobody watches any more: whoever started all this is gone.
watcher.on('close', () => process.exit(1));
watcher.write(`${JSON.stringify({ name: values.name, pid: process.pid, token, startedAtMs })}\n`);

setInterval(() => appendFileSync(values.file, `${nowMs()} ${values.name} ${process.pid}\n`), EVERY_MS);
