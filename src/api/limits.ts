// What a stranger on the socket may take up. One place, so that tests can shrink it and the README can quote it.

export interface ApiLimits {
  /** Open connections; one more evicts whoever has been idle longest. */
  readonly connections: number;
  /** Requests of one connection that wait for their answer at once. */
  readonly pipelined: number;
  /** Bytes of answers that their readers have not taken yet, all connections together. */
  readonly owedBytes: number;
  readonly headerBytes: number;
  /** From the first byte (or the connect) to the end of the headers. */
  readonly headersMs: number;
  /** To the end of the body. */
  readonly requestMs: number;
  /** Without a byte moved while an answer is under way; longer, and the connection is cut. */
  readonly stallMs: number;
  /** An idle connection is kept this long. */
  readonly keepAliveMs: number;
  /** How often the deadlines of headers and requests are looked at, also by an agent that nobody asks: they may pass by so much. */
  readonly checkMs: number;
  /** Open streams of events. */
  readonly streams: number;
  /** Events rendered at a time for one stream. */
  readonly sliceEvents: number;
  /** A stream whose reader took nothing for this long may be cut to make room for a new one. */
  readonly streamStallMs: number;
  /** Between two comments that keep an event source's connection open. */
  readonly sseCommentMs: number;
  /** What answers under way get to finish when the server closes. */
  readonly closeMs: number;
}

export const LIMITS: ApiLimits = {
  connections: 512,
  pipelined: 16,
  owedBytes: 32 * 1024 * 1024,
  headerBytes: 8 * 1024,
  headersMs: 2_000,
  requestMs: 5_000,
  stallMs: 10_000,
  keepAliveMs: 60_000,
  checkMs: 5_000,
  streams: 256,
  sliceEvents: 64,
  streamStallMs: 10_000,
  sseCommentMs: 15_000,
  closeMs: 1_000,
};
