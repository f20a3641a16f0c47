// The door of wire/.

export { Codec, type Decoded } from './codec.ts';
export { CLEAR, HEADER_BYTES, type Seal, UNREADABLE_REASONS, type UnreadableReason } from './framing.ts';
