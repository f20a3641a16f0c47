// Every rule that can be taken out still stands where the mutant looks for it; that it is caught: npm run sim -- --mutate=NAME

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MUTANTS } from '../../scripts/mutants.mjs';
import { mutation } from '../../scripts/mutate.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(MUTANTS.map((mutant) => [mutant.name, mutant.rule, mutant] as const))('%s applies: %s', (_name, _rule, mutant) => {
  expect(() => mutation(root, mutant)).not.toThrow();
});
