// The machine failing: thrown once, turned into an exit code or an HTTP status in one place.

export type OperationalCode =
  | 'address-in-use'
  | 'address-unavailable'
  | 'permission-denied'
  | 'socket-in-use'
  | 'socket-path-too-long'
  | 'socket-unusable'
  | 'state-unwritable'
  | 'state-unreadable'
  | 'state-locked'
  | 'config-invalid'
  | 'usage'
  | 'name-clash'
  | 'superseded'
  | 'two-clusters'
  | 'storage';

export class OperationalError extends Error {
  override readonly name = 'OperationalError';
  readonly code: OperationalCode;
  /** What to do, as a sentence or a command line. */
  readonly hint: string;

  /** `message` says what was tried, with which value, and what went wrong. */
  constructor(code: OperationalCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
