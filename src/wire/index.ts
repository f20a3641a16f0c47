// The door of wire/.

export { isMemberAddress } from './address.ts';
export { Codec, type Decoded } from './codec.ts';
export { CLEAR, HEADER_BYTES, type Seal, UNREADABLE_REASONS, type UnreadableReason } from './framing.ts';
