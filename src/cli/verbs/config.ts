// `quorate config check` says whether an agent would start with these flags, this environment and this file; `config show`
// lists what it would start with and where each value came from, or with --running what the running one did start with.

import { withAgent } from '../agent-client.ts';
import { type CommandLine, isSet } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { jsonLine, table } from '../print.ts';
import { readAgentOptions } from '../settings/index.ts';

interface Shown {
  readonly value: unknown;
  readonly from: string;
}

export async function checkOrShowConfig(line: CommandLine, io: Io): Promise<number> {
  const action = line.operands[0];
  if (action === 'check') {
    const { configFile } = readAgentOptions(line, io.env);
    io.err.write(
      configFile === null
        ? 'the settings are valid; no file is named by --config or QUORATE_CONFIG\n'
        : `the settings are valid, ${configFile} included\n`,
    );
    return EXIT.done;
  }
  if (action !== 'show')
    throw new Failure(EXIT.usage, `config: '${action}' is neither check nor show`, 'the form is: quorate config check|show');
  const settings = isSet(line, 'running') ? await runningSettings(line, io) : readAgentOptions(line, io.env).settings;
  if (isSet(line, 'json')) io.out.write(jsonLine({ settings }));
  else {
    const rows = Object.entries(settings).map(([name, { value, from }]) => [{ text: name }, { text: valueText(value) }, { text: from }]);
    io.out.write(table(io, ['SETTING', 'VALUE', 'FROM'], rows));
  }
  return EXIT.done;
}

async function runningSettings(line: CommandLine, io: Io): Promise<Readonly<Record<string, Shown>>> {
  const answer = await withAgent(line, io, (agent) => agent.ask('GET', '/v1/config'));
  const settings: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'settings') : null;
  if (typeof settings !== 'object' || settings === null)
    throw new Failure(EXIT.failure, 'the agent answered without settings', 'it may be of another version: quorate status');
  const shown: [string, Shown][] = Object.entries(settings).map(([name, of]: [string, unknown]) => {
    const value: unknown = typeof of === 'object' && of !== null ? Reflect.get(of, 'value') : of;
    const from: unknown = typeof of === 'object' && of !== null ? Reflect.get(of, 'from') : '';
    return [name, { value, from: String(from) }];
  });
  return Object.fromEntries(shown);
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
