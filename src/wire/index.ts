// The door of wire/.

export { Codec, type Decoded } from './codec.ts';
