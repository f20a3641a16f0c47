// Envelope ⇄ bytes: framing, seal, msgpack, checks, in the order in which bytes from strangers may be trusted:
// length, version, seal, structure, fields. What cannot be read is a value with a reason, never an exception.

// By these two doors msgpackr comes without its native string reader, whose strings are slices that keep whole packets alive.
import { Packr, RESERVE_START_SPACE, RESET_BUFFER_MODE } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import { assert, type Envelope, LIMITS } from '../core/index.ts';
import { BeatsCodec } from './beats.ts';
import { messageToRow, rowToBody } from './body.ts';
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
import { isSoundMsgpack } from './scan.ts';

export type Decoded =
  | { readonly kind: 'message'; readonly envelope: Envelope }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason };

// One packer for all codecs of the process: msgpackr keeps a single output buffer anyhow, and a thousand simulated agents need one.
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false });
const OUTPUT_BYTES = 8192;
/** An output buffer that a large frame made larger than this is let go. */
const OUTPUT_BYTES_KEPT = 65_536;

export class Codec {
  readonly #seal: Seal;
  readonly #check = new Check();
  readonly #beats = new BeatsCodec();

  constructor(seal: Seal = CLEAR) {
    this.#seal = seal;
  }

  /** A view on a buffer that the next encoding of any codec writes over: send it or copy it before. */
  encodeDatagram(envelope: Envelope): Uint8Array {
    const packet = this.#encode(envelope);
    assert(packet.length <= LIMITS.datagramBytesMax, `a ${envelope.message.kind} of ${packet.length} bytes does not fit a datagram`);
    return packet;
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
    if (bytes.length > LIMITS.frameBytesMax) return unreadable('too-long');
    const problem = headerProblem(bytes, this.#seal);
    if (problem !== null) return unreadable(problem);
    const body = this.#seal.open(bytes);
    if (body === null) return unreadable('sealed');
    if (!isSoundMsgpack(body)) return unreadable('malformed');

    const check = this.#check;
    check.reset();
    const read = rowToBody(unpack(body), this.#beats, check);
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
