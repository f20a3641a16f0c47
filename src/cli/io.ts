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
  return {
    // The reader went away (`quorate events | head`): nothing is left to say, and that is no failure.
    out: sink(
      () => process.stdout,
      (error) => {
        if (error.code === 'EPIPE') process.exit(EXIT.done);
        throw error;
      },
    ),
    err: sink(
      () => process.stderr,
      () => {},
    ),
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

/** Node builds a stream when it is first asked for one, and an agent never writes to the one for data. */
function sink(open: () => NodeJS.WriteStream, onError: (error: NodeJS.ErrnoException) => void): Sink {
  let opened: NodeJS.WriteStream | null = null;
  const stream = (): NodeJS.WriteStream => (opened ??= open().on('error', onError));
  return {
    get isTerminal() {
      return stream().isTTY === true;
    },
    write: (text) => void stream().write(text),
  };
}
