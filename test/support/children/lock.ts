// Takes and releases locks on command of its parent, and says how it went.

import { acquireLock, type StateLock } from '../../../src/agent/lock.ts';
import { OperationalError } from '../../../src/agent/operational-error.ts';

let lock: StateLock | null = null;

process.on('message', async (command: { kind: 'acquire'; dir: string } | { kind: 'release' }) => {
  if (command.kind === 'release') {
    await lock?.release();
    lock = null;
    process.send?.({ kind: 'released' });
    return;
  }
  try {
    lock = await acquireLock(command.dir);
    process.send?.({ kind: 'won' });
  } catch (thrown) {
    process.send?.({ kind: 'lost', code: thrown instanceof OperationalError ? thrown.code : String(thrown), message: String(thrown) });
  }
});
process.send?.({ kind: 'ready' });
