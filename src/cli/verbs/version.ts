// `quorate version`: of this command, not of a running agent (quorate status shows that one's).

import { PROTOCOL_VERSION, VERSION } from '../../agent/index.ts';
import { type CommandLine, isSet } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { jsonLine } from '../print.ts';

export async function showVersion(line: CommandLine, io: Io): Promise<number> {
  const document = { version: VERSION, node: process.version, protocol: PROTOCOL_VERSION };
  io.out.write(
    isSet(line, 'json') ? jsonLine(document) : `quorate ${document.version}\nnode ${document.node}\nprotocol ${document.protocol}\n`,
  );
  return EXIT.done;
}
