// Opens a state directory and prints what came of it, as whoever it was started as.

import { OperationalError } from '../../../src/agent/operational-error.ts';
import { openState } from '../../../src/agent/state-dir.ts';

try {
  const open = await openState({ kind: 'path', path: process.argv[2] as string });
  console.log(JSON.stringify({ kind: open.loaded.kind }));
  await open.close();
} catch (thrown) {
  if (!(thrown instanceof OperationalError)) throw thrown;
  console.log(JSON.stringify({ kind: thrown.code, message: thrown.message, hint: thrown.hint }));
}
