// The door of transport/. The simulator enters by memory.ts, which opens no socket.

export { canonicalAddress } from './address.ts';
export { MemoryNetwork, type MemoryPolicy, type MemoryTransport, type Scheduler } from './memory.ts';
export { type OpenTransport, openTransport } from './open.ts';
export type { OnProblem, TransportProblem } from './reopen.ts';
export { TransportError } from './transport-error.ts';
export type { ExchangeAnswer, Receiver, Transport } from './types.ts';
