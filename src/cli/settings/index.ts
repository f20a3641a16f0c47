// The door of settings/: a command line, an environment and a file in, checked AgentOptions out.

import { hostname } from 'node:os';
import { chooseStateDir } from '../../agent/defaults.ts';
import type { AgentOptions } from '../../agent/index.ts';
import type { CommandLine } from '../command-line.ts';
import { agentOptions } from './agent-options.ts';
import { gatherSettings } from './gather.ts';

export { readSeed } from './addresses.ts';
export { readTag } from './tags.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export function readAgentOptions(line: CommandLine, env: Environment): AgentOptions {
  const options = agentOptions(gatherSettings(line, env), hostname());
  return options.stateDir === null ? { ...options, settings: withStateDir(options, env) } : options;
}

/** Shows the directory that will be used. The option itself stays open: a dev agent with a directory of its own choice may vote. */
function withStateDir({ start, settings }: AgentOptions, env: Environment): AgentOptions['settings'] {
  const choice = chooseStateDir(null, start.kind === 'dev', env, process.getuid?.() === 0);
  return choice.kind === 'temporary' ? settings : { ...settings, 'state-dir': { value: choice.path, from: 'default' } };
}
