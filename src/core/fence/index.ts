// The door of fence/.

export { StandingMachine } from './standing.ts';
