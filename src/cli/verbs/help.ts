// `quorate help [VERB]`: written by yargs from the option table.

import yargs from 'yargs';
import type { CommandLine } from '../command-line.ts';
import { EXIT, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { nearest } from '../nearest.ts';
import { VERBS, type VerbSpec, verbSpec } from '../option-table.ts';
import { parserOf } from '../parse-full.ts';

export async function showHelp(line: CommandLine, io: Io): Promise<number> {
  const name = line.operands[0];
  if (name === undefined) {
    io.out.write(`${await overview()}\n`);
    return EXIT.done;
  }
  const verb = verbSpec(name);
  if (verb === undefined) {
    const near = nearest(
      name,
      VERBS.map((known) => known.name),
    );
    throw new Failure(
      EXIT.usage,
      `there is no verb '${name}'`,
      near === null ? 'quorate help lists the verbs' : `did you mean: quorate help ${near}`,
    );
  }
  io.out.write(`${await helpOf(verb)}\n`);
  return EXIT.done;
}

async function overview(): Promise<string> {
  let page = yargs([])
    .scriptName('quorate')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(100)
    .usage('quorate VERB [OPTIONS]\n\nOne agent per host: who is in the cluster, who is alive, and who may act.');
  for (const { name, operands, describe } of VERBS) page = page.command(`${name} ${operands}`.trimEnd(), describe);
  return page.epilogue('quorate help VERB shows the options of one. To try it out: quorate agent --dev').getHelp();
}

async function helpOf(verb: VerbSpec): Promise<string> {
  const page = parserOf(verb)
    .wrap(100)
    .usage(`quorate ${verb.name} ${verb.operands}`.trimEnd().concat(` [OPTIONS]\n\n${verb.describe}.`));
  if (verb.examples !== undefined) page.epilogue(`Examples:\n${verb.examples.map((example) => `  ${example}`).join('\n')}`);
  return page.getHelp();
}
