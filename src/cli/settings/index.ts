// The door of settings/: a command line, an environment and a file in, checked AgentOptions out.

import { hostname } from 'node:os';
import type { AgentOptions } from '../../agent/index.ts';
import type { CommandLine } from '../command-line.ts';
import { agentOptions } from './agent-options.ts';
import { gatherSettings } from './gather.ts';

export { readSeed } from './addresses.ts';
export { readTag } from './tags.ts';

export function readAgentOptions(line: CommandLine, env: Readonly<Record<string, string | undefined>>): AgentOptions {
  return agentOptions(gatherSettings(line, env), hostname());
}
