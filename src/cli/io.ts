// What a verb sees of the process around it: where words and data go, the environment, who runs it. Tests hand in their own.

import { EXIT } from './exit-codes.ts';

export interface Sink {
  readonly isTerminal: boolean;
  write(text: string): void;
}

export interface Io {
  /** Data. */
  readonly out: Sink;
  /** Words. */
  readonly err: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  /** What was typed, up to the end of the line; null at the end of the input. */
  readLine(): Promise<string | null>;
}

export function processIo(): Io {
  // The reader went away (`quorate events | head`): nothing is left to say, and that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    throw error;
  });
  process.stderr.on('error', () => {});
  return {
    out: { isTerminal: process.stdout.isTTY === true, write: (text) => void process.stdout.write(text) },
    err: { isTerminal: process.stderr.isTTY === true, write: (text) => void process.stderr.write(text) },
    env: process.env,
    uid: process.getuid?.() ?? 0,
    readLine: async () => {
      const { createInterface } = await import('node:readline');
      const lines = createInterface({ input: process.stdin });
      for await (const line of lines) {
        lines.close();
        return line;
      }
      return null;
    },
  };
}
