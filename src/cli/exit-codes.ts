// What the exit codes mean, and the one place where a failure becomes one. The numbers are sysexits' where it has one.

import type { OperationalCode } from '../agent/index.ts';

export const EXIT = {
  done: 0,
  failure: 1,
  /** Fenced, not quorate or no leader. */
  notQuorate: 2,
  unreachable: 3,
  usage: 64,
  permission: 77,
  config: 78,
  /** `wait` gave up, or `run` stopped its child because the lease was lost. */
  timedOut: 124,
  runFailed: 125,
  notExecutable: 126,
  notFound: 127,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What ends a verb early: a sentence for the user, the next thing to type, and the code that scripts see. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  /** What to do. Empty only for what another version of the agent said without one. */
  readonly hint: string;

  constructor(exitCode: ExitCode, message: string, hint: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

export function exitCodeOfOperational(code: OperationalCode): ExitCode {
  switch (code) {
    case 'usage':
      return EXIT.usage;
    case 'config-invalid':
      return EXIT.config;
    case 'permission-denied':
      return EXIT.permission;
    default:
      return EXIT.failure;
  }
}
