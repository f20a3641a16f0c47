// The door of transport/.

export { MemoryNetwork, type MemoryTransport } from './memory.ts';
