// The words behind `npm run NAME --`, read alike for every script but `sim`, whose flags src/sim knows: --help is answered, and what is
// not known is refused with the nearest that is, before anything is installed, built or started. Which flags there are, each script says.

class UsageError extends Error {}

/** A flag that is there or not. */
export const SWITCH = { example: null, read: () => true };

/** Any text; `example` shows what kind. */
export function text(example) {
  return { example, read: (given) => given };
}

export function whole(min, max) {
  return {
    example: String(min),
    read: (given, flag) => {
      if (!/^\d+$/.test(given) || Number(given) < min || Number(given) > max)
        throw new UsageError(`${shown(given, flag)}: not a whole number from ${min} to ${max}`);
      return Number(given);
    },
  };
}

/** One of `known`, each of which is a `what`. */
export function oneOf(what, known) {
  return {
    example: known[0],
    read: (given, flag) => {
      if (known.includes(given)) return given;
      throw new UsageError(`${shown(given, flag)}: no such ${what}${meant(given, known)}\n${what}s: ${known.join(' ')}`);
    },
  };
}

/** Several, with commas between them. */
export function list({ example, read }) {
  return { example, read: (given, flag) => given.split(',').map((part) => read(part, flag)) };
}

/** `flags`: kinds by name; `shorts`: letters for some of them; `words`: what else may stand there, and how many of it. */
export function readLine({ flags, shorts = {}, words: { kind, max } = { max: 0 } }, argv) {
  try {
    const given = { flags: {}, words: [] };
    for (let i = 0; i < argv.length; i++) {
      const argument = argv[i];
      if (argument === '--help' || argument === '-h') return { kind: 'help' };
      const match = /^(?:--([^=]+)|-([a-zA-Z]))(?:=(.*))?$/s.exec(argument);
      if (match === null) {
        if (argument.startsWith('-') || given.words.length === max) throw new UsageError(unwanted(argument, max, flags));
        given.words.push(kind.read(argument, null));
        continue;
      }
      const name = match[1] ?? shorts[match[2]];
      if (name === undefined || !Object.hasOwn(flags, name))
        throw new UsageError(`${argument.replace(/=.*/s, '')}: no such flag${unknown(name ?? match[2], flags)}`);
      const { example, read } = flags[name];
      if (example === null) {
        if (match[3] !== undefined) throw new UsageError(`--${name} takes no value, and was given ${match[3]}`);
        given.flags[name] = read();
        continue;
      }
      const value = match[3] ?? argv[++i];
      if (value === undefined || value === '') throw new UsageError(`--${name} needs a value, as in --${name}=${example}`);
      given.flags[name] = read(value, `--${name}`);
    }
    return { kind: 'given', ...given };
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'usage-error', message: error.message };
    throw error;
  }
}

/** What was given; where there is nothing to do, because of --help or a mistake, ends the process instead. */
export function commandLine(line, argv = process.argv.slice(2)) {
  const reading = readLine(line, argv);
  if (reading.kind === 'given') return reading;
  process.exit(answer(line, reading));
}

/** Says what there is to say of a line that starts nothing; the exit code. */
export function answer({ npm, help }, reading) {
  if (reading.kind === 'help') {
    process.stdout.write(`${help.trim()}\n`);
    return 0;
  }
  process.stderr.write(`${npm.replace(/^run /, '')}: ${reading.message}\ntry: npm ${npm} -- --help\n`);
  return 64;
}

function shown(given, flag) {
  return flag === null ? given : `${flag}=${given}`;
}

function unwanted(argument, max, flags) {
  if (max > 0 && !argument.startsWith('-')) return `${argument}: one too many, no more than ${max} can be given`;
  return `${argument}: not a flag; flags are ${namesOf(flags).join(' ')}`;
}

function unknown(name, flags) {
  return meant(`--${name}`, namesOf(flags)) || `; flags are ${namesOf(flags).join(' ')}`;
}

function namesOf(flags) {
  return [...Object.keys(flags), 'help'].map((name) => `--${name}`);
}

/** What was probably meant, as a clause, if anything comes near. */
export function meant(given, known) {
  const lettersOf = (word) => word.replace(/^--/, '').length;
  // Half of the letters may be wrong: more than that is another word.
  const bound = Math.max(2, lettersOf(given) >> 1);
  const [near] = known
    .map((word) => ({ word, distance: editDistance(given, word) }))
    .filter(({ word, distance }) => distance <= bound && distance < lettersOf(word))
    .sort((a, b) => a.distance - b.distance);
  return near === undefined ? '' : `; did you mean ${near.word}?`;
}

function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
