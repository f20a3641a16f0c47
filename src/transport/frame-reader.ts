// Puts one length-prefixed frame together from the chunks of a stream. The claimed length is only ever a limit: room grows with the
// bytes that have come, doubling, so a claim costs nothing and many small chunks cost no more than their bytes.

export const PREFIX_BYTES = 4;

const FIRST_ROOM_BYTES = 4096;

/** `excess`: bytes behind the frame, which no peer of ours sends. */
export type ReadState = 'partial' | 'whole' | 'too-long' | 'excess';

export class FrameReader {
  readonly #frameBytesMax: number;
  #prefixBytes = 0;
  #claimedBytes = 0;
  #room: Uint8Array = new Uint8Array(0);
  #arrivedBytes = 0;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  get heldBytes(): number {
    return this.#room.length;
  }

  /** Once `push` said `whole`. */
  get frame(): Uint8Array {
    return this.#room.subarray(0, this.#arrivedBytes);
  }

  push(chunk: Uint8Array): ReadState {
    let at = 0;
    while (this.#prefixBytes < PREFIX_BYTES) {
      if (at === chunk.length) return 'partial';
      this.#claimedBytes = this.#claimedBytes * 256 + chunk[at]!;
      this.#prefixBytes += 1;
      at += 1;
    }
    if (this.#claimedBytes > this.#frameBytesMax) return 'too-long';
    const arrivedBytes = this.#arrivedBytes + chunk.length - at;
    if (arrivedBytes > this.#claimedBytes) return 'excess';
    this.#reserve(arrivedBytes);
    this.#room.set(at === 0 ? chunk : chunk.subarray(at), this.#arrivedBytes);
    this.#arrivedBytes = arrivedBytes;
    return arrivedBytes === this.#claimedBytes ? 'whole' : 'partial';
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#room.length) return;
    const room = new Uint8Array(Math.min(Math.max(bytes, this.#room.length * 2, FIRST_ROOM_BYTES), this.#claimedBytes));
    room.set(this.#room.subarray(0, this.#arrivedBytes));
    this.#room = room;
  }
}

export function prefixOf(frame: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(PREFIX_BYTES);
  new DataView(prefix.buffer).setUint32(0, frame.length);
  return prefix;
}
