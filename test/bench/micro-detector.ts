// What watching costs: finding those who have been silent too long, in a list of 10 and in one of 10,000, and phi: taking in a beat's
// arrival, and asking how surprising an age is.
// Each list is full of members of different freshness; all of them fall silent, so that finding is all that is timed.

import { Arrivals } from '../../src/core/detector/index.ts';
import { at, Directory, type MemberEntry, Random } from '../../src/core/index.ts';
import { MemberTable } from '../../src/core/membership/index.ts';
import { memberEntry } from './codec.ts';
import { atMost, type Figure } from './figure.ts';

const SILENCE_MS = 2_700;
const BEGAN_MS = 1_000_000;
const FEW = 10;
const MANY = 10_000;
const LISTS = 7;

export function detectorFigures(): Figure[] {
  const [few, many] = expiryBench();
  return [
    { name: `expiry: a member found silent, of ${FEW}`, value: few, unit: 'µs', target: null },
    { name: 'expiry: a member found silent, of 10,000', value: many, unit: 'µs', target: null },
    { name: 'expiry: of 10,000 ÷ of 10', value: many / few, unit: '×', target: atMost(1.25) },
    { name: 'phi: a beat of one of 10,000 taken in, and its phi', value: phiUs(), unit: 'µs', target: null },
  ];
}

/** Microseconds for both, best of several; the sum is looked at, so that nothing is left out. */
function phiUs(): number {
  let best = Number.POSITIVE_INFINITY;
  const arrivals = new Arrivals(1000);
  let now = BEGAN_MS;
  let sum = 0;
  for (let round = 0; round < LISTS; round++) {
    const startNs = process.hrtime.bigint();
    for (let slot = 0; slot < MANY; slot++) {
      arrivals.hear(slot, at(now + (slot & 63)));
      sum += arrivals.phi(slot, 1100);
    }
    best = Math.min(best, Number(process.hrtime.bigint() - startNs) / 1000 / MANY);
    now += 1000;
  }
  if (!(sum > 0)) throw new Error('a beat that is late surprised nobody');
  return best;
}

/** Microseconds a member that is found, best of several. */
function expiryBench(): [few: number, many: number] {
  let [few, many] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // In turn, so that neither has the warmer code; as many members of the small lists as of the large one.
  for (let round = 0; round < LISTS; round++) {
    few = Math.min(few, foundUs(FEW, MANY / FEW, round));
    many = Math.min(many, foundUs(MANY, 1, round));
  }
  return [few, many];
}

function foundUs(members: number, lists: number, seed: number): number {
  const tables = Array.from({ length: lists }, (_, i) => filledTable(members, seed * lists + i));
  const startNs = process.hrtime.bigint();
  for (const table of tables) table.advance(at(BEGAN_MS + 3 * SILENCE_MS));
  const tookUs = Number(process.hrtime.bigint() - startNs) / 1000;
  for (const table of tables) if (table.silent.size !== members) throw new Error(`${table.silent.size} of ${members} were found silent`);
  return tookUs / (members * lists);
}

/** Everyone heard within the last two seconds, some just now. */
function filledTable(members: number, seed: number): MemberTable {
  const random = new Random(seed + 1);
  const self = memberEntry(random, members);
  const table = new MemberTable(new Directory(), self.id, SILENCE_MS, at(BEGAN_MS));
  table.put(self, true, at(BEGAN_MS));
  for (let i = 0; i < members; i++) {
    const entry: MemberEntry = memberEntry(random, i);
    table.put(entry, true, at(BEGAN_MS - random.below(2000)));
  }
  return table;
}
