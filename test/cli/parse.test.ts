// Lines as people type them: what the two parsers make of them, and what a wrong one is told.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/cli/exit-codes.ts';
import { LATER_VERBS, VERBS, verbSpec } from '../../src/cli/option-table.ts';
import { parseFull } from '../../src/cli/parse-full.ts';
import { parsePlain } from '../../src/cli/parse-plain.ts';

function parsed(line: string): unknown {
  const { verb, flags, operands } = parseFull(line.split(' '));
  return { verb, flags: Object.fromEntries(flags), operands };
}

function refusal(line: string): string {
  try {
    parseFull(line === '' ? [] : line.split(' '));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.exitCode).toBe(64);
    return `${error.message} → ${error.hint}`;
  }
  throw new Error(`${line} was accepted`);
}

describe('a right line', () => {
  test('texts stay texts, even if they look like numbers', () => {
    expect(parsed('agent --name 1e3 --zone 007')).toEqual({ verb: 'agent', flags: { name: '1e3', zone: '007' }, operands: [] });
    expect(parsed('tag set a=0x10 1=2')).toEqual({ verb: 'tag', flags: {}, operands: ['set', 'a=0x10', '1=2'] });
  });

  test('--no-vote is a flag of its own and negates nothing', () => {
    expect(parsed('agent --dev --no-vote')).toEqual({ verb: 'agent', flags: { dev: true, 'no-vote': true }, operands: [] });
  });

  test('a list may be repeated and does not swallow what follows', () => {
    expect(parsed('agent --join a,b --join c --dev')).toEqual({ verb: 'agent', flags: { join: ['a,b', 'c'], dev: true }, operands: [] });
  });

  test('a key with dots is not taken apart', () => {
    expect(parsed('agent --tag a.b=c')).toEqual({ verb: 'agent', flags: { tag: ['a.b=c'] }, operands: [] });
  });

  test('--help anywhere asks for the help of that verb', () => {
    expect(parsed('members --json --help')).toEqual({ verb: 'help', flags: {}, operands: ['members'] });
    expect(parsed('-h')).toEqual({ verb: 'help', flags: {}, operands: [] });
  });
});

describe('a wrong line is refused with what comes nearest', () => {
  test.each([
    ['', 'no verb given → quorate help lists the verbs; quorate agent --dev is a good first one'],
    ['membrs', "there is no verb 'membrs' → did you mean: quorate members"],
    ['xyzzy', "there is no verb 'xyzzy' → quorate help lists the verbs"],
    ['--json members', "the verb comes before '--json' → for example: quorate members --json"],
    ['members --jsn', 'members: unknown option --jsn → did you mean --json?'],
    ['members -x', 'members: unknown option -x → quorate help members shows what can be typed'],
    ['members --no-json', 'members: unknown option --no-json → quorate help members shows what can be typed'],
    ['agent --advertize 10.0.0.1', 'agent: unknown option --advertize → did you mean --advertise?'],
    ['members --state aliv', "members: --state cannot be 'aliv' → did you mean 'alive'? One of: alive, suspect, failed, left, stopped"],
    ['members --state', 'members: --state needs a value → quorate help members shows what can be typed'],
    ['members --state --json', 'members: --state needs a value → quorate help members shows what can be typed'],
    ['members --state=', 'members: --state needs a value → quorate help members shows what can be typed'],
    ['members n2', "members: 'n2' is one word too many → the form is: quorate members"],
    ['forget', 'forget: something is missing → the form is: quorate forget NAME'],
  ])('%s', (line, text) => {
    expect(refusal(line)).toBe(text);
  });

  test('what a later version brings is called that', () => {
    expect(refusal('top')).toBe("this version has no verb 'top' yet → the nearest that it has: quorate status");
    expect(refusal('keygen')).toBe("this version has no verb 'keygen' yet → quorate help lists the verbs it has");
    for (const option of verbSpec('agent')?.laterOptions ?? []) {
      expect(refusal(`agent --${option} x`)).toBe(`this version does not have --${option} yet → quorate help agent shows what it has`);
    }
    for (const verb of Object.keys(LATER_VERBS)) expect(VERBS.map(({ name }) => name)).not.toContain(verb);
  });
});

describe('a line that holds another program', () => {
  test('is cut at the first two hyphens, and the rest is not looked at, by neither parser', () => {
    const argv = ['run', '--leader', '--grace', '5', '--', 'make', '--', '-j4', '--leader', '1e3', ''];
    const line = { verb: 'run', flags: { leader: true, grace: '5' }, operands: ['make', '--', '-j4', '--leader', '1e3', ''] };
    expect(parsed(argv.join(' '))).toEqual(line);
    expect(parsePlain(argv)).toEqual(parseFull(argv));
  });

  test.each([
    ['run --leader make', 'run: the command comes after two hyphens → for example: quorate run --leader -- make'],
    ['run --leader', 'run: something is missing → the form is: quorate run --quorate|--leader -- CMD…'],
    ['run --leader --', 'run: something is missing → the form is: quorate run --quorate|--leader -- CMD…'],
    ['run --leder -- make', 'run: unknown option --leder → did you mean --leader?'],
  ])('%s is refused', (line, text) => {
    expect(refusal(line)).toBe(text);
  });
});

describe('the plain path', () => {
  const words = fc.constantFrom(
    '--json',
    '--json=true',
    '--watch',
    '--state',
    '--state=alive',
    '--state=aliv',
    '--state=',
    'failed',
    '--tag',
    '--tag=a=b',
    'a=b=c',
    '--socket',
    '--socket=/x',
    '/run/q.sock',
    '-q',
    '-qj',
    '--quiet',
    '-h',
    '--help',
    '--',
    '-',
    '-5',
    '1e3',
    '--no-json',
    '--jsn',
    '--__proto__',
    '',
    '--join',
    '--join=a',
    '--join=a,b',
    '--init',
    '--no-vote',
    '--profile=lan',
    '--profile=fast',
    '--follow',
    '--type=quorate,lost',
    '--type=quorate,lots',
  );
  const verbs = VERBS.filter(({ operandsMax }) => operandsMax === 0).map(({ name }) => name);
  const lines = fc.tuple(fc.constantFrom(...verbs), fc.array(words, { maxLength: 6 })).map(([verb, rest]) => [verb, ...rest]);

  test('reads what yargs reads, whenever it reads a line at all', () => {
    fc.assert(
      fc.property(lines, (argv) => {
        const plain = parsePlain(argv);
        if (plain !== null) expect(parseFull(argv)).toEqual(plain);
      }),
      { numRuns: 1000 },
    );
  });

  test('reads every plain line of every option that a verb without operands has', () => {
    expect(verbs).toEqual(expect.arrayContaining(['agent', 'status', 'members', 'leader']));
    for (const verb of verbs) {
      for (const { name, kind, choices } of verbSpec(verb)?.options ?? []) {
        if (name === 'help') continue;
        const argv = kind === 'flag' ? [verb, `--${name}`] : [verb, `--${name}`, choices?.[0] ?? 'x=y'];
        expect(parsePlain(argv)).toEqual(parseFull(argv));
      }
    }
  });

  test('leaves verbs with operands, and none, to the full parser', () => {
    expect(parsePlain(['forget', 'n1'])).toBeNull();
    expect(parsePlain(['forget'])).toBeNull();
    expect(parsePlain([])).toBeNull();
  });
});
