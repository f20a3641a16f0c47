// A socket that could not be bound: thrown once, at the start, for the agent to put into words.

export type Protocol = 'udp' | 'tcp';

export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** The system's: EADDRINUSE, EADDRNOTAVAIL, EACCES, … */
  readonly code: string;
  readonly protocol: Protocol;
  /** Host and port as they were asked for. */
  readonly address: string;

  constructor(code: string, protocol: Protocol, address: string, options?: ErrorOptions) {
    super(`cannot bind ${protocol.toUpperCase()} ${address}: ${code}`, options);
    this.code = code;
    this.protocol = protocol;
    this.address = address;
  }
}

export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return 'unknown';
}
