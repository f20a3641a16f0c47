// The door of wire/.

export { isMemberAddress } from './address.ts';
export { Codec, type Decoded, type DecodedDatagram } from './codec.ts';
export { Datagrams } from './datagrams.ts';
export { CLEAR, HEADER_BYTES, type Seal, UNREADABLE_REASONS, type UnreadableReason } from './framing.ts';
