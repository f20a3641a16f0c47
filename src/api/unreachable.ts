// What a question to an agent ends with instead of an answer.

import type { ProblemJson } from './contract.ts';

/** `no-socket`: nothing at the path. `refused`: a socket that nobody listens on. `no-answer`: connected, but silent. `broken`: no HTTP. */
export type UnreachableCode = 'no-socket' | 'refused' | 'permission-denied' | 'path-too-long' | 'no-answer' | 'broken';

/** No answer came from an agent. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
  readonly code: UnreachableCode;
  readonly socketPath: string;

  constructor(code: UnreachableCode, socketPath: string, reason: string) {
    super(`no agent answered at ${socketPath}: ${reason}`);
    this.code = code;
    this.socketPath = socketPath;
  }
}

/** The agent answered that it cannot or will not. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(problem: ProblemJson) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.hint = problem.hint;
  }
}
