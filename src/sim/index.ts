// The door of sim/: for scripts/sim.mjs, and for tests.

export { type CommandLine, parseCommandLine } from './command-line.ts';
export { type Terminal, told } from './conclusion.ts';
export { type Hunted, hunt, type Pursuit, pursue } from './hunt.ts';
export { announce, main, narration } from './main.ts';
export { type Outcome, portion, summary } from './many.ts';
export { portionOfTables, summaryOfTables, type Timed } from './measure.ts';
export { type Report, type RunHooks, run, type Settings } from './run.ts';
export { SCENES } from './scenes/index.ts';
export { TABLES } from './tables/index.ts';
