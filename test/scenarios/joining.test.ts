// The way in: seeds are asked until one lets the node in; what it says is believed once it is durable; joining never creates
// a cluster, and never mixes two.

import { describe, expect, test } from 'vitest';
import { type Address, at, type ClusterId, type Message, type ProfileName } from '../../src/core/index.ts';
import { addressOf, factsOf, idOf } from '../support/members.ts';
import { recordOfVoters } from '../support/records.ts';
import { CLUSTER, OTHER_CLUSTER, only, Puppet, Stage, stranger, transcript } from '../support/stage.ts';

function welcomeOf(puppet: Puppet, clusterId: ClusterId = CLUSTER, profile: ProfileName = 'lan'): Message {
  return { kind: 'welcome', clusterId, record: recordOfVoters([1], { profile }), entries: [puppet.entry()] };
}

/** Without a cluster, its first life durable, its seed being looked up. */
function newJoiner(seeds: readonly string[] = ['seed']): Stage {
  const stage = new Stage({ clusterId: null, seeds });
  stage.tick();
  expect(stage.persisted()).toStrictEqual(seeds.map((seed) => `resolve ${seed}`));
  return stage;
}

function resolved(stage: Stage, seed: string, ...addresses: Address[]): number[] {
  const effects = stage.step({ kind: 'resolved', seed, addresses, problem: null });
  return only('exchange', effects).map(({ exchange }) => exchange);
}

function problemCodes(stage: Stage): string[] {
  return stage.node.problems(at(stage.nowMs)).map(({ code }) => code);
}

describe('a node without a cluster', () => {
  test('asks its seed, writes what it was told, and only then is a member that greets the others', () => {
    const [stage, puppet] = [newJoiner(), new Puppet(1)];
    const effects = stage.step({ kind: 'resolved', seed: 'seed', addresses: [puppet.address], problem: null });
    expect(transcript(effects)).toStrictEqual(['ask 10.0.0.1:7946: join']);
    const [question] = only('exchange', effects);
    expect(question?.envelope).toMatchObject({ clusterHash: 0, sender: { lo: 0, hi: 0 }, counter: 0 });

    expect(stage.lines({ kind: 'answered', exchange: 1, envelope: puppet.says(welcomeOf(puppet)) })).toStrictEqual(['persist life 0']);
    expect(stage.node.clusterId).toBeNull();
    expect(stage.hear(puppet.hello())).toStrictEqual([]);
    // Cluster, incarnation and record in one write (R14): until then nothing is said, and nothing is beaten to its voters.
    expect(stage.persisted()).toStrictEqual([
      'event member-joined n0: this agent',
      'send hello to 10.0.0.1:7946',
      'event record-changed to version 1 of epoch 1: the first that is known here',
      'send hello to 10.0.0.1:7946',
      'send beat to 10.0.0.1:7946',
      'send push of 0 beats to 10.0.0.1:7946',
    ]);
    expect([stage.node.clusterId, stage.node.record?.version]).toStrictEqual([CLUSTER, 1]);
    expect(stage.persisted()).toStrictEqual([]);
    // Told of by another, n1 is hearsay until it speaks.
    expect(stage.shown()).toStrictEqual(['n0 alive']);
    expect(stage.hear(puppet.says({ kind: 'pong', echo: 0 }))).toStrictEqual(['event member-joined n1: heard']);
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive']);
  });

  test('takes the cluster’s timings over, and says so when it was told others', () => {
    const [stage, puppet] = [newJoiner(), new Puppet(1)];
    const [exchange] = resolved(stage, 'seed', puppet.address);
    stage.step({ kind: 'answered', exchange: exchange!, envelope: puppet.says(welcomeOf(puppet, CLUSTER, 'local')) });
    stage.persisted();
    expect(stage.node.timings.profile).toBe('local');
    expect(problemCodes(stage)).toContain('profile-differs');
  });

  test('is told who it is not let in by, and asks again, for ever, looking the name up each time', () => {
    const [stage, puppet] = [newJoiner(), new Puppet(1)];
    const [exchange] = resolved(stage, 'seed', puppet.address);
    stage.step({ kind: 'answered', exchange: exchange!, envelope: stranger({ kind: 'refused', reason: 'cluster-name', detail: 'prod' }) });
    expect(stage.node.problems(at(stage.nowMs))[0]?.message).toContain('its cluster is named "prod"');
    expect(stage.node.clusterId).toBeNull();
    const lookups = only('resolve', stage.pass(3_600_000)).length;
    // At most every 5 s, a quarter more or less.
    expect(lookups).toBeGreaterThanOrEqual(3_600 / 6.25);
    expect(lookups).toBeLessThanOrEqual(3_600 / 3.75 + 10);
  });

  test('says in words why its seed does not help, though the seed is written as the address itself', () => {
    const seed = addressOf(1);
    const stage = newJoiner([seed]);
    const [exchange] = resolved(stage, seed, seed);
    stage.step({ kind: 'unanswered', exchange: exchange!, reason: 'ECONNREFUSED' });
    const waiting = {
      code: 'waiting-for-seeds',
      message: 'no seed has let this agent in yet (10.0.0.1:7946: connection refused: no agent listens there)',
      hint: 'it keeps trying 10.0.0.1:7946; start an agent there, or name another seed: quorate join HOST[:PORT]',
    };
    expect(stage.node.problems(at(stage.nowMs))).toStrictEqual([waiting]);
    // The next try is under way, and the last one's end still stands.
    const [next] = resolved(stage, seed, seed);
    expect(stage.node.problems(at(stage.nowMs))).toStrictEqual([waiting]);
    stage.step({ kind: 'unanswered', exchange: next!, reason: 'timeout' });
    expect(stage.node.problems(at(stage.nowMs))).toMatchObject([
      {
        message: expect.stringContaining('(10.0.0.1:7946: no answer within 3 s: is a firewall between, or the host down?)'),
        hint: expect.stringContaining('; let TCP and UDP pass to that port, start an agent there, or name another seed:'),
      },
    ]);
  });

  test.each([
    [
      'the cluster has another name',
      { reason: 'cluster-name', detail: 'prod' },
      'start this agent with --cluster prod, or name a seed of cluster default',
    ],
    [
      'the seed has no cluster either',
      { reason: 'no-cluster', detail: '' },
      'the first agent of a cluster, and no other, is started by: quorate agent --init',
    ],
  ] as const)('is told what to do when %s', (_when, refusal, advice) => {
    const stage = newJoiner();
    const [exchange] = resolved(stage, 'seed', addressOf(1));
    stage.step({ kind: 'answered', exchange: exchange!, envelope: stranger({ kind: 'refused', ...refusal }) });
    expect(stage.node.problems(at(stage.nowMs))).toMatchObject([{ code: 'waiting-for-seeds', hint: expect.stringContaining(advice) }]);
  });

  test('whose only seed is itself is told how a cluster is begun', () => {
    const stage = newJoiner();
    expect(resolved(stage, 'seed', addressOf(0))).toStrictEqual([]);
    expect(stage.node.problems(at(stage.nowMs))).toMatchObject([
      {
        message: 'no seed has let this agent in yet (seed: is this agent itself)',
        hint: expect.stringMatching(/^the first agent .* --init; every other/),
      },
    ]);
  });

  test('refuses to answer a join with a welcome of its own: no cluster comes of two that have none', () => {
    const stage = newJoiner();
    const join: Message = { kind: 'join', clusterName: 'default', entry: new Puppet(1).entry() };
    expect(stage.lines({ kind: 'asked', exchange: 5, from: addressOf(1), envelope: stranger(join) })).toStrictEqual([
      'reply refused no-cluster',
    ]);
  });

  test('exits when its seeds let it into two clusters, and names both', () => {
    const stage = newJoiner(['a', 'b']);
    const [one, other] = [new Puppet(1), new Puppet(2, { cluster: OTHER_CLUSTER })];
    const [first] = resolved(stage, 'a', one.address);
    const [second] = resolved(stage, 'b', other.address);
    expect(stage.lines({ kind: 'answered', exchange: first!, envelope: one.says(welcomeOf(one)) })).toStrictEqual([]);
    expect(stage.lines({ kind: 'answered', exchange: second!, envelope: other.says(welcomeOf(other, OTHER_CLUSTER)) })).toStrictEqual([
      `exit two-clusters: the seeds belong to different clusters: 10.0.0.1:7946 answers for cluster ${CLUSTER}, 10.0.0.2:7946 answers for cluster ${OTHER_CLUSTER}`,
    ]);
  });

  test('waits 300 ms for another seed’s word, then goes with the one it has', () => {
    const stage = newJoiner(['a', 'b']);
    const puppet = new Puppet(1);
    const [first] = resolved(stage, 'a', puppet.address);
    resolved(stage, 'b', addressOf(2));
    expect(stage.lines({ kind: 'answered', exchange: first!, envelope: puppet.says(welcomeOf(puppet)) })).toStrictEqual([]);
    expect(only('persist', stage.pass(299)).length).toBe(0);
    expect(only('persist', stage.pass(1)).length).toBe(1);
  });

  test('never counts its own address, nor one behind which it finds itself', () => {
    const stage = newJoiner();
    expect(resolved(stage, 'seed', addressOf(0))).toStrictEqual([]);
    const [exchange] = resolved(stage, 'seed', addressOf(7));
    stage.step({ kind: 'answered', exchange: exchange!, envelope: stranger({ kind: 'refused', reason: 'self', detail: '' }) });
    expect(resolved(stage, 'seed', addressOf(7), addressOf(0))).toStrictEqual([]);
    expect([stage.node.clusterId, problemCodes(stage)]).toStrictEqual([null, ['waiting-for-seeds']]);
  });

  test('finds itself behind an address when its own run asks; a copy of its state directory is somebody else', () => {
    const stage = newJoiner();
    const copy: Message = { kind: 'join', clusterName: 'default', entry: { ...new Puppet(1).entry(), id: idOf(0) } };
    expect(stage.lines({ kind: 'asked', exchange: 1, from: addressOf(1), envelope: stranger(copy) })).toStrictEqual([
      'reply refused no-cluster',
    ]);
    const [exchange] = only('exchange', stage.step({ kind: 'resolved', seed: 'seed', addresses: [addressOf(9)], problem: null }));
    const join = exchange!.envelope.message;
    expect(stage.lines({ kind: 'asked', exchange: 1, from: addressOf(0), envelope: stranger(join) })).toStrictEqual(['reply refused self']);
  });
});

describe('a member', () => {
  test('lets in who names its cluster, with the whole list and the record', () => {
    const record = recordOfVoters([1, 2, 3]);
    const stage = new Stage({ record }).enter();
    stage.hear(new Puppet(1).hello());
    const join: Message = { kind: 'join', clusterName: 'default', entry: new Puppet(4).entry() };
    const effects = stage.step({ kind: 'asked', exchange: 1, from: addressOf(4), envelope: stranger(join) });
    expect(transcript(effects)).toStrictEqual(['reply welcome of n0 alive, n1 alive']);
    expect(only('reply', effects)[0]?.envelope.message).toMatchObject({ clusterId: CLUSTER, record });
    // It is no member for having asked.
    expect(stage.shown()).toStrictEqual(['n0 alive', 'n1 alive']);
  });

  test('lets nobody in while it has no record itself', () => {
    const stage = new Stage().enter();
    const join: Message = { kind: 'join', clusterName: 'default', entry: new Puppet(4).entry() };
    expect(stage.lines({ kind: 'asked', exchange: 1, from: addressOf(4), envelope: stranger(join) })).toStrictEqual([
      'reply refused no-cluster',
    ]);
  });

  test('refuses who names another, and says what its own is', () => {
    const stage = new Stage().enter();
    const join: Message = { kind: 'join', clusterName: 'prod', entry: new Puppet(2).entry() };
    const [reply] = only('reply', stage.step({ kind: 'asked', exchange: 1, from: addressOf(2), envelope: stranger(join) }));
    expect(reply?.envelope.message).toStrictEqual({ kind: 'refused', reason: 'cluster-name', detail: 'default' });
  });

  test('refuses the sync of another cluster and names its own', () => {
    const stage = new Stage().enter();
    const sync: Message = { kind: 'sync', clusterId: OTHER_CLUSTER, digest: null, entries: [] };
    const [reply] = only('reply', stage.step({ kind: 'asked', exchange: 1, from: addressOf(2), envelope: new Puppet(2).says(sync) }));
    expect(reply?.envelope.message).toStrictEqual({ kind: 'refused', reason: 'other-cluster', detail: CLUSTER });
  });

  test('told to join another cluster says that clusters never merge', () => {
    const stage = new Stage().enter();
    expect(stage.command({ kind: 'join', seeds: ['x'] }, 9)).toStrictEqual(['resolve x']);
    const [exchange] = resolved(stage, 'x', addressOf(3));
    const refusal: Message = { kind: 'refused', reason: 'other-cluster', detail: OTHER_CLUSTER };
    expect(stage.lines({ kind: 'answered', exchange: exchange!, envelope: stranger(refusal) })).toStrictEqual([
      `result 9: other-cluster, 10.0.0.3:7946 belongs to another cluster, ${OTHER_CLUSTER}; clusters never merge`,
    ]);
    expect(problemCodes(stage)).toContain('seed-in-other-cluster');
    expect(stage.node.clusterId).toBe(CLUSTER);
  });

  test('told to join where nobody answers says so after 5 s, and keeps trying', () => {
    const stage = new Stage().enter();
    stage.command({ kind: 'join', seeds: ['x'] }, 9);
    stage.step({ kind: 'resolved', seed: 'x', addresses: [], problem: 'ENOTFOUND' });
    expect(only('command-result', stage.pass(4_999))).toStrictEqual([]);
    expect(transcript(only('command-result', stage.pass(1)))).toStrictEqual([
      'result 9: unreachable, x did not answer within 5000 ms (x: ENOTFOUND); the agent keeps trying',
    ]);
    expect(only('resolve', stage.pass(60_000)).length).toBeGreaterThan(5);
  });

  test('told to join tells of the seeds it was told, and not of others', () => {
    const stage = new Stage({ seeds: ['old'] }).enter();
    const refused = (seed: string, door: Address): void => {
      for (const exchange of resolved(stage, seed, door)) stage.step({ kind: 'unanswered', exchange, reason: 'ECONNREFUSED' });
    };
    refused('old', addressOf(1));
    stage.command({ kind: 'join', seeds: ['x'] }, 9);
    refused('x', addressOf(2));
    // Its name has come to mean another host.
    refused('x', addressOf(3));
    expect(transcript(only('command-result', stage.pass(5_000)))).toStrictEqual([
      'result 9: unreachable, x did not answer within 5000 ms (10.0.0.3:7946: connection refused: no agent listens there); the agent keeps trying',
    ]);
    expect(stage.node.problems(at(stage.nowMs))).toMatchObject([
      { code: 'alone', message: expect.stringMatching(/10\.0\.0\.1:7946: connection refused.*10\.0\.0\.3:7946: connection refused/) },
    ]);
  });

  test('restarted with its state needs no seed, knocks where peers were, and begins its next life', () => {
    const stage = new Stage({ knownPeers: [addressOf(4)], facts: factsOf(0) });
    stage.tick();
    expect(stage.persisted()).toStrictEqual(['event member-joined n0: this agent', 'ask 10.0.0.4:7946: sync of n0 alive']);
  });
});
