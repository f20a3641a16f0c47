// The little of HTTP/1.1 that an agent's answers need, for client.ts. Everything read is bounded.

import { ApiUnreachable } from './unreachable.ts';

const HEAD_BYTES_MAX = 16 * 1024;
const CHUNK_LINE_BYTES_MAX = 1024;
const BODY_BYTES_MAX = 64 * 1024 * 1024;

type Expecting = 'head' | 'sized' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'anything' | 'nothing';

/** One answer, fed as it arrives: status and headers first, then its body freed of chunks. */
export class ReplyReader {
  status = 0;
  readonly headers = new Map<string, string>();
  readonly #path: string;
  readonly #isHead: boolean;
  #expecting: Expecting = 'head';
  #unread: Buffer = Buffer.alloc(0);
  /** Of the sized body, or of the present chunk. */
  #missing = 0;
  #bodyBytes = 0;

  constructor(path: string, isHead: boolean) {
    this.#path = path;
    this.#isHead = isHead;
  }

  get isDone(): boolean {
    return this.#expecting === 'nothing';
  }

  /** A stream whose silence is no fault. */
  get isOpenEnded(): boolean {
    return this.#expecting !== 'head' && (this.headers.get('content-type')?.startsWith('application/x-ndjson') ?? false);
  }

  push(bytes: Buffer): Buffer[] {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    const pieces: Buffer[] = [];
    while (this.#step(pieces));
    return pieces;
  }

  /** The other side closed. */
  ended(): void {
    if (this.#expecting !== 'anything' && this.#expecting !== 'nothing') throw this.broken('it hung up in the middle of its answer');
  }

  broken(reason: string): ApiUnreachable {
    return new ApiUnreachable('broken', this.#path, reason);
  }

  // False: more bytes are needed.
  #step(pieces: Buffer[]): boolean {
    switch (this.#expecting) {
      case 'head':
        return this.#readHead();
      case 'sized':
      case 'chunk':
      case 'anything':
        return this.#readBody(pieces);
      case 'chunk-size':
        return this.#readChunkSize();
      case 'chunk-end': {
        const line = this.#line(CHUNK_LINE_BYTES_MAX);
        if (line === null) return false;
        if (line !== '') throw this.broken('a chunk of its answer is longer than it said');
        this.#expecting = 'chunk-size';
        return true;
      }
      case 'trailer': {
        const line = this.#line(HEAD_BYTES_MAX);
        if (line === '') this.#expecting = 'nothing';
        return line !== null && line !== '';
      }
      case 'nothing':
        return false;
    }
  }

  #readHead(): boolean {
    const end = this.#unread.indexOf('\r\n\r\n');
    if (end > HEAD_BYTES_MAX || (end < 0 && this.#unread.length > HEAD_BYTES_MAX))
      throw this.broken('the headers of its answer are too long');
    if (end < 0) return false;
    const [first = '', ...lines] = this.#unread.toString('latin1', 0, end).split('\r\n');
    this.#unread = this.#unread.subarray(end + 4);
    const status = /^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(first)?.[1];
    if (status === undefined) throw this.broken('it does not speak HTTP');
    this.status = Number(status);
    if (this.status < 200) return true;
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon > 0) this.headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    this.#expecting = this.#bodyKind();
    return true;
  }

  // RFC 9112, 6.3.
  #bodyKind(): Expecting {
    if (this.#isHead || this.status === 204 || this.status === 304) return 'nothing';
    const coding = this.headers.get('transfer-encoding');
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw this.broken(`it answers in a coding nobody asked for, ${coding}`);
      return 'chunk-size';
    }
    const length = this.headers.get('content-length');
    if (length === undefined) return 'anything';
    if (!/^\d{1,15}$/.test(length)) throw this.broken('the length of its answer is no number');
    this.#missing = Number(length);
    this.#boundBody(this.#missing);
    return this.#missing === 0 ? 'nothing' : 'sized';
  }

  #readChunkSize(): boolean {
    const line = this.#line(CHUNK_LINE_BYTES_MAX);
    if (line === null) return false;
    const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw this.broken('the size of a chunk of its answer is no number');
    this.#missing = Number.parseInt(size, 16);
    this.#boundBody(this.#missing);
    this.#expecting = this.#missing === 0 ? 'trailer' : 'chunk';
    return true;
  }

  #readBody(pieces: Buffer[]): boolean {
    if (this.#unread.length === 0) return false;
    const isCounted = this.#expecting !== 'anything';
    const piece = isCounted ? this.#unread.subarray(0, this.#missing) : this.#unread;
    this.#unread = this.#unread.subarray(piece.length);
    if (!this.isOpenEnded) this.#bodyBytes += piece.length;
    this.#boundBody(0);
    pieces.push(piece);
    if (!isCounted) return true;
    this.#missing -= piece.length;
    if (this.#missing === 0) this.#expecting = this.#expecting === 'sized' ? 'nothing' : 'chunk-end';
    return true;
  }

  #boundBody(moreBytes: number): void {
    if (this.#bodyBytes + moreBytes > BODY_BYTES_MAX) throw this.broken(`its answer is larger than ${BODY_BYTES_MAX} bytes`);
  }

  // Null: it has not come whole.
  #line(bytesMax: number): string | null {
    const end = this.#unread.indexOf('\r\n');
    if (end > bytesMax || (end < 0 && this.#unread.length > bytesMax)) throw this.broken('a line of its answer is too long');
    if (end < 0) return null;
    const line = this.#unread.toString('latin1', 0, end);
    this.#unread = this.#unread.subarray(end + 2);
    return line;
  }
}
