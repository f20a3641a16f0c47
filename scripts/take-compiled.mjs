// Does a fresh V8 take compiled code back? Arguments: the file of code, and where in it the code begins. Standard input: the text
// that was compiled.

import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';

const [codeFile, codeAt] = process.argv.slice(2);
const script = new Script(readFileSync(0, 'latin1'), { cachedData: readFileSync(codeFile).subarray(Number(codeAt)) });
if (script.cachedDataRejected) {
  process.stderr.write('V8 does not take back what it compiled\n');
  process.exitCode = 1;
}
