// The agent's log: pino's JSON lines on standard output, readable ones on a terminal. pino is loaded here alone, and only
// when a log is opened, because it takes longer to load than most verbs of the command line take to run.

import { isatty } from 'node:tty';
import type { Logger } from 'pino';
import { readableLine } from './log-format.ts';
import { LogWriter } from './log-writer.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function isLogLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text);
}

export interface AgentLog {
  /** `logger.info({ member }, 'member-joined')`: fixed keys, the event as message. */
  readonly logger: Logger;
  setLevel(level: LogLevel): void;
  /** Lines lost because the reader was too slow or gone. */
  readonly droppedCount: number;
  /** Waits a moment for a slow reader. Nothing is to be logged after it. */
  close(): Promise<void>;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Standard output by default. */
  readonly fd?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly bufferBytesMax?: number;
}

const CLOSE_TIMEOUT_MS = 500;

export async function openLog(options: LogOptions): Promise<AgentLog> {
  const { pino } = await import('pino');
  const { level, fd = 1, env = process.env } = options;
  const writer = new LogWriter(fd, {
    ...(options.bufferBytesMax === undefined ? {} : { bufferBytesMax: options.bufferBytesMax }),
    onRecovered: (lostCount) => logger.warn({ lostCount }, 'log-lines-lost'),
  });
  const isReadable = isatty(fd);
  // Set to anything but the empty string, says the convention (no-color.org).
  const withColour = isReadable && !env.NO_COLOR;
  const stream = {
    write: isReadable ? (json: string) => writer.write(readableLine(json, withColour)) : (json: string) => writer.write(json),
  };
  const logger: Logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    stream,
  );
  const flushNow = (): void => writer.flushNow();
  process.once('exit', flushNow);
  return {
    logger,
    setLevel: (next) => {
      logger.level = next;
    },
    get droppedCount() {
      return writer.droppedCount;
    },
    close: async () => {
      await writer.flush(CLOSE_TIMEOUT_MS);
      process.off('exit', flushNow);
    },
  };
}
