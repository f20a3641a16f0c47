// Processes of Node that belong to no cluster: they end when they are told to, and with the bench at the latest.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Helper {
  readonly pid: number;
  end(): Promise<void>;
}

export function startHelper(program: string): Helper {
  const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
  const abandon = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', abandon);
  const gone = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
    process.off('exit', abandon);
  };
  return { pid: child.pid ?? 0, end };
}
