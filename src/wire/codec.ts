// Envelope ⇄ bytes: framing, seal, msgpack, checks, in the order in which bytes from strangers may be trusted:
// length, version, seal, structure, fields. What cannot be read is a value with a reason, never an exception.

// By these two doors msgpackr comes without its native string reader, whose strings are slices that keep whole packets alive.
import { Packr, RESERVE_START_SPACE, RESET_BUFFER_MODE } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import { assert, type Envelope, LIMITS } from '../core/index.ts';
import { BeatsCodec } from './beats.ts';
import { messageToRow, rowToBody } from './body.ts';
import { BundleWriter, haveLikeHeaders, isBundle, rowToBundle } from './bundle.ts';
import { Check } from './check.ts';
import {
  CLEAR,
  HEADER_BYTES,
  headerProblem,
  readClusterHash,
  readSender,
  type Seal,
  type UnreadableReason,
  writeHeader,
} from './framing.ts';
import { BUNDLE_KIND } from './kinds.ts';
import { isSoundMsgpack } from './scan.ts';

export type Decoded =
  | { readonly kind: 'message'; readonly envelope: Envelope }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason };

/** A datagram may be several messages of one sender. `skippedCount`: of kinds that are not known here. */
export type DecodedDatagram = Decoded | { readonly kind: 'bundle'; readonly envelopes: readonly Envelope[]; readonly skippedCount: number };

// One packer for all codecs of the process: msgpackr keeps a single output buffer anyhow, and a thousand simulated agents need one.
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });
const bundles = new BundleWriter();
const OUTPUT_BYTES = 8192;
/** An output buffer that a large frame made larger than this is let go. */
const OUTPUT_BYTES_KEPT = 65_536;

export class Codec {
  readonly #seal: Seal;
  readonly #check = new Check();
  readonly #beats = new BeatsCodec();
  #takenCount = 0;

  constructor(seal: Seal = CLEAR) {
    this.#seal = seal;
  }

  /** A view on a buffer that the next encoding of any codec writes over: send it or copy it before. */
  encodeDatagram(envelope: Envelope): Uint8Array {
    const packet = this.#encode(envelope);
    assert(packet.length <= LIMITS.datagramBytesMax, `a ${envelope.message.kind} of ${packet.length} bytes does not fit a datagram`);
    return packet;
  }

  /**
   * One datagram for `envelopes[from]` and as many of those behind it as can share its header and its room; `takenCount` says how many
   * that was. A view as above.
   */
  encodeBundle(envelopes: readonly Envelope[], from: number): Uint8Array {
    const first = envelopes[from]!;
    this.#takenCount = 1;
    const second = envelopes[from + 1];
    if (second === undefined || !haveLikeHeaders(first, second)) return this.encodeDatagram(first);
    const seal = this.#seal;
    bundles.begin(seal.spaceBytes, packr.pack([BUNDLE_KIND, first.counter, first.recordVersion], RESET_BUFFER_MODE));
    let hasPush = false;
    for (let i = from; i < envelopes.length; i++) {
      const envelope = envelopes[i]!;
      const { message } = envelope;
      // The reader keeps the beats of one push at a time.
      if ((message.kind === 'push' && hasPush) || !haveLikeHeaders(first, envelope)) break;
      hasPush ||= message.kind === 'push';
      const row = messageToRow(message, envelope.counter, envelope.recordVersion, this.#beats);
      // What all items share stands at the head.
      row.splice(1, 2);
      if (!bundles.add(packr.pack(row, RESET_BUFFER_MODE))) break;
    }
    if (bundles.count < 2) return this.encodeDatagram(first);
    this.#takenCount = bundles.count;
    const packet = bundles.take();
    writeHeader(packet, seal, first.clusterHash, first.sender);
    return seal.close(packet);
  }

  get takenCount(): number {
    return this.#takenCount;
  }

  /** A copy of its own, because a stream sends it when it can. */
  encodeFrame(envelope: Envelope): Uint8Array {
    const packet = this.#encode(envelope);
    assert(packet.length <= LIMITS.frameBytesMax, `a ${envelope.message.kind} of ${packet.length} bytes does not fit a frame`);
    const frame = new Uint8Array(packet);
    if (packet.buffer.byteLength > OUTPUT_BYTES_KEPT) packr.useBuffer(Buffer.allocUnsafeSlow(OUTPUT_BYTES));
    return frame;
  }

  /** The beats of a push are columns that the next decode of this codec uses again. */
  decode(bytes: Uint8Array): Decoded {
    const row = this.#open(bytes);
    return typeof row === 'string' ? unreadable(row) : this.#message(bytes, row);
  }

  /** As `decode`; the columns are those of the one push that a bundle may hold. */
  decodeDatagram(bytes: Uint8Array): DecodedDatagram {
    const row = this.#open(bytes);
    if (typeof row === 'string') return unreadable(row);
    if (!isBundle(row)) return this.#message(bytes, row);
    const check = this.#check;
    check.reset();
    const { bodies, skippedCount } = rowToBundle(row, this.#beats, check);
    if (check.reason !== null) return unreadable(check.reason);
    const clusterHash = readClusterHash(bytes);
    const sender = readSender(bytes);
    return { kind: 'bundle', envelopes: bodies.map((body) => ({ clusterHash, sender, ...body })), skippedCount };
  }

  /** The body's row, its values not yet checked, or why there is none. */
  #open(bytes: Uint8Array): readonly unknown[] | UnreadableReason {
    if (bytes.length > LIMITS.frameBytesMax) return 'too-long';
    const problem = headerProblem(bytes, this.#seal);
    if (problem !== null) return problem;
    const body = this.#seal.open(bytes);
    if (body === null) return 'sealed';
    if (!isSoundMsgpack(body)) return 'malformed';
    const value = unpack(body);
    return Array.isArray(value) ? value : 'malformed';
  }

  #message(bytes: Uint8Array, row: readonly unknown[]): Decoded {
    const check = this.#check;
    check.reset();
    const read = rowToBody(row, this.#beats, check);
    if (read === null || check.reason !== null) return unreadable(check.reason ?? 'malformed');
    const { counter, recordVersion, message } = read;
    return {
      kind: 'message',
      envelope: { clusterHash: readClusterHash(bytes), sender: readSender(bytes), counter, recordVersion, message },
    };
  }

  #encode(envelope: Envelope): Uint8Array {
    const { clusterHash, sender, counter, recordVersion, message } = envelope;
    const seal = this.#seal;
    const row = messageToRow(message, counter, recordVersion, this.#beats);
    const packet: Uint8Array = packr.pack(row, RESERVE_START_SPACE | RESET_BUFFER_MODE | (HEADER_BYTES + seal.spaceBytes));
    writeHeader(packet, seal, clusterHash, sender);
    return seal.close(packet);
  }
}

function unreadable(reason: UnreadableReason): Decoded {
  return { kind: 'unreadable', reason };
}

// What the scan let through cannot fail here; should the two ever disagree, it is still the sender's bytes that are at fault.
function unpack(body: Uint8Array): unknown {
  try {
    return unpackr.unpack(body);
  } catch {
    return null;
  }
}
