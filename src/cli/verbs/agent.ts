// `quorate agent`: puts the settings together, starts the agent, and carries the process' signals to it until it is over.

import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { Agent, OperationalError } from '../../lib.ts';
import type { CommandLine } from '../command-line.ts';
import { EXIT, exitCodeOfOperational, Failure } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { optimizeWhenWorthIt } from '../optimizing.ts';
import { escapeText } from '../print.ts';
import { readAgentOptions } from '../settings/index.ts';
import { isFoundPlainly } from '../socket-search.ts';
import { StopSignals } from '../stop-signals.ts';
import { addressed } from '../suggestions.ts';

const SETTLE_TIMEOUT_MS = 2000;
const THIS_PROCESS = {
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  nowMs: () => performance.now(),
  setFlags: setFlagsFromString,
};

export async function runAgent(line: CommandLine, io: Io): Promise<number> {
  const options = readAgentOptions(line, io.env);
  const signals = new StopSignals();
  let agent: Agent | null = null;
  let optimizing: { end(): void } | null = null;
  let isStopping = false;
  const onStop = (): void => {
    const verdict = signals.heard(performance.now());
    if (verdict === 'end-now') process.exit(EXIT.failure);
    if (verdict === 'ignore') return;
    isStopping = true;
    void agent?.stop();
  };
  const onReload = (): void => {
    if (agent !== null) void reload(agent, io);
  };
  process.on('SIGINT', onStop).on('SIGTERM', onStop).on('SIGHUP', onReload);
  try {
    agent = await Agent.startWith(options, () => readAgain(line, io));
    optimizing = optimizeWhenWorthIt(THIS_PROCESS);
    // A wish to stop that came while it was starting.
    if (isStopping) await agent.stop();
    else if (options.start.kind === 'dev') {
      if (options.seeds.length === 0) await settled(agent);
      io.err.write(devGreeting(agent, io));
    }
    const { code, message, hint } = await agent.finished;
    if (code !== EXIT.done && message !== '')
      io.err.write(`quorate: ${escapeText(message)}\n${hint === '' ? '' : `  → ${escapeText(hint)}\n`}`);
    return code;
  } catch (error) {
    if (error instanceof OperationalError) throw new Failure(exitCodeOfOperational(error.code), error.message, error.hint);
    throw error;
  } finally {
    optimizing?.end();
    process.off('SIGINT', onStop).off('SIGTERM', onStop).off('SIGHUP', onReload);
  }
}

/** A cluster of one is quorate as soon as that is on disk; the greeting is to say so. */
async function settled({ handle }: Pick<Agent, 'handle'>): Promise<void> {
  const isQuorate = (): boolean => handle.view.isQuorate(handle.nowMs(), handle.bootMs());
  if (isQuorate()) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timeout);
      stopListening();
      resolve();
    };
    const timeout = setTimeout(done, SETTLE_TIMEOUT_MS);
    const stopListening = handle.events.subscribe(() => {
      if (isQuorate()) done();
    });
  });
}

/** What a reload finds wrong is told in one sentence, by the API and the log as well: with what to do in it. */
function readAgain(line: CommandLine, io: Io): ReturnType<typeof readAgentOptions> {
  try {
    return readAgentOptions(line, io.env);
  } catch (error) {
    throw error instanceof Failure ? new Error(`${error.message}; ${error.hint}`, { cause: error }) : error;
  }
}

async function reload(agent: Agent, io: Io): Promise<void> {
  const { changed, needsRestart, problem } = await agent.handle.reload();
  if (problem !== null) io.err.write(`quorate: not reloaded: ${escapeText(problem)}\n`);
  else if (needsRestart.length > 0) io.err.write(`quorate: reloaded; only a restart changes ${escapeText(needsRestart.join(', '))}\n`);
  else io.err.write(`quorate: reloaded${changed.length === 0 ? ', nothing changed' : `: ${escapeText(changed.join(', '))}`}\n`);
}

/** What a newcomer needs next: where it listens, where it stands, three lines to type in another terminal. */
export function devGreeting(agent: Pick<Agent, 'handle' | 'socketPath'>, io: Pick<Io, 'env' | 'uid'>): string {
  const { handle } = agent;
  const { view } = handle;
  const quorum = view.quorum(handle.nowMs(), handle.bootMs());
  const command = commandAsTyped();
  const socketPath = isFoundPlainly(agent.socketPath, io.env, io.uid) ? null : agent.socketPath;
  const toType = (text: string): string => `  ${addressed(text, socketPath).replace(/^quorate/, () => command)}`;
  const lines = [
    `dev agent '${view.name}' is running on ${view.address}; Ctrl-C stops it`,
    `  socket    ${agent.socketPath}`,
    `  standing  ${view.standing}`,
    `  quorum    ${quorum === null ? 'none yet' : `${quorum.acking} of ${quorum.voters} voters, ${quorum.needed} needed`}`,
    'try in another terminal:',
    toType('quorate members'),
    toType("quorate run --leader -- sh -c 'echo I lead with token $QUORATE_TOKEN; sleep 5'"),
    toType(`quorate agent --dev --name ${view.name}-2 --join ${view.address}`),
  ];
  return `${lines.map(escapeText).join('\n')}\n`;
}

// From a clone the command is not on the PATH, and the lines should work when pasted.
function commandAsTyped(): string {
  const script = process.argv[1] ?? '';
  if (!script.endsWith('.mjs')) return 'quorate';
  const here = `${workingDirectory()}/`;
  return here !== '/' && script.startsWith(here) ? `./${script.slice(here.length)}` : script;
}

/** Empty when it was removed. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '';
  }
}
