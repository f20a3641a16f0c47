// Does a fresh V8 take compiled code back? Arguments: the file of code, and how many bytes of it are its seal. Standard input: the text
// that was compiled.

import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';

const [codeFile, sealBytes] = process.argv.slice(2);
const script = new Script(readFileSync(0, 'latin1'), { cachedData: readFileSync(codeFile).subarray(Number(sealBytes)) });
if (script.cachedDataRejected) {
  process.stderr.write('V8 does not take back what it compiled\n');
  process.exitCode = 1;
}
