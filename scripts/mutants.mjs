// One way a mutant: which rule is taken out, where, and how it is to be caught. `npm run sim -- --mutate=NAME` bundles a simulator
// whose core has these edits and plays until a checker speaks. Each `find` must stand exactly once in its file, so that a mutant
// never quietly turns into the original when the core is rewritten. Nothing of this is in what a user gets. `npm test` holds that
// each of them is caught (see proof.mjs).
//
// `scene`, `seed`: the shortest schedule known to catch it. Where chance does, it is one of the scene `proof`; else that scene is
// directed at it. `by`: the checker that must speak; that anything at all went wrong would prove nothing about a checker.

/**
 * When to condemn is policy, and R9 says that it may be wrong safely. With the right policy whoever is condemned has long fenced
 * itself, so the rules that keep a wrong one safe are never needed: they are taken out together with this.
 */
const WRONG_POLICY = [
  {
    find: '(poll.idleMs[i] ?? 0) >= condemnAfterMs && !isKnown(record, suspect)',
    replace: '(poll.idleMs[i] ?? 0) >= 1200 && !isKnown(record, suspect)',
  },
  { find: 'if (idleMs < condemnAfterMs) {', replace: 'if (idleMs < 1200) {' },
];

export const MUTANTS = [
  // ── no rule is taken out: every invariant must hold ──
  {
    name: 'wrong-policy',
    rule: 'none: whoever is silent for 1.2 s is condemned, which costs restarts and nothing else',
    scene: 'proof',
    seed: 1,
    by: null,
    edits: WRONG_POLICY,
  },

  // ── the gate of the design ──
  {
    name: 'no-wait',
    rule: 'R9: announced as soon as it is decided',
    scene: 'proof',
    seed: 5,
    by: 'I1-failed-means-over',
    edits: [
      ...WRONG_POLICY,
      {
        find: 'wait = Math.max(wait, heardAtMs + failMs - (idleMs[index] ?? 0) - nowMs);',
        replace: 'wait = 0 * (heardAtMs + failMs + (idleMs[index] ?? 0) + nowMs);',
      },
    ],
  },
  {
    name: 'short-wait',
    rule: 'R16: T_fail at 0.9 of its bound',
    scene: 'worst-case',
    seed: 10,
    by: 'I1-failed-means-over',
    edits: [{ find: 'condemnMs: 4200, failMs: 4500, dwellMs: 4500', replace: 'condemnMs: 3100, failMs: 3920, dwellMs: 3920' }],
  },
  {
    name: 'no-dwell',
    rule: 'R4: voters change as fast as they can',
    scene: 'voters-in-a-hurry',
    seed: 7,
    by: 'I2-I3-one-chain-of-records',
    edits: [
      { find: 'return Math.max(0, this.#timings.dwellMs - (now - this.#epochSince));', replace: 'return 0 * (now - this.#epochSince);' },
    ],
  },
  {
    name: 'no-epoch-tags',
    rule: 'R6: an ack counts for whatever epoch it is asked for',
    scene: 'voters-in-a-hurry',
    seed: 8,
    by: 'I4-I6-I8-leases-stand-on-acks',
    edits: [
      {
        find: 'return held?.[0]?.epoch === epoch ? held[0] : held?.[1]?.epoch === epoch ? held[1] : undefined;',
        replace: 'return epoch < 0 ? undefined : held?.[0];',
      },
    ],
  },
  {
    name: 'voter-jump',
    rule: 'R4: any set of voters may follow any other',
    scene: 'voters-in-a-hurry',
    seed: 8,
    by: 'I2-I3-one-chain-of-records',
    edits: [
      {
        find: 'if (!quorumsIntersect(idsOf(old.voters), idsOf(voters)))',
        replace: 'if (voters.length < 0 && !quorumsIntersect(idsOf(old.voters), idsOf(voters)))',
      },
      { find: 'return [...old, change.voter].sort', replace: 'return [change.voter].sort' },
    ],
  },
  {
    name: 'life-reused',
    rule: 'R7: a fenced incarnation comes back under its own number',
    scene: 'proof',
    seed: 12,
    by: 'own-pairs-grow',
    edits: [{ find: 'return Math.max(this.#above, own) + 1;', replace: 'return Math.max(this.#above, own);' }],
  },
  {
    name: 'receipt-stamps',
    rule: 'R5: a counter counts from when its ack came',
    scene: 'proof',
    seed: 10,
    by: 'I4-I6-I8-leases-stand-on-acks',
    edits: [
      {
        find: 'const ack: AckHeld = { epoch, counter, sent };',
        replace: 'const ack: AckHeld = { epoch, counter, sent: this.#emissions.at(-1)?.sent ?? sent };',
      },
    ],
  },
  {
    name: 'clock-stops',
    rule: 'R6: the lease is measured by hrtime alone, which stands still in suspend',
    scene: 'proof',
    seed: 15,
    by: 'I4-I6-I8-leases-stand-on-acks',
    edits: [{ find: 'return Math.max(to.monoMs - from.monoMs, to.bootMs - from.bootMs);', replace: 'return to.monoMs - from.monoMs;' }],
  },
  {
    name: 'waits-by-both-clocks',
    rule: 'R6: what waits takes whichever clock ran further',
    scene: 'jumping-voters',
    seed: 12,
    by: 'I1-failed-means-over',
    edits: [
      { find: 'this.#government.setBoot(bootMs);', replace: 'this.#government.setBoot(bootMs); now = at(Math.max(now, bootMs));' },
      // The timer is the host's, which knows one clock: what is waited for by the other is asked of it in its own time.
      { find: 'return this.#wakeAt;', replace: 'return at(this.#wakeAt - Math.max(0, this.#bootMs - this.#lastNow));' },
    ],
  },
  {
    name: 'hasty-leader',
    rule: 'R10: a leader is replaced as soon as it is condemned',
    scene: 'proof',
    seed: 6,
    by: 'I5-one-leader',
    edits: [
      ...WRONG_POLICY,
      {
        find: 'if (this.#announcer.hasEnded(leader.id, leader.incarnation)) return true;',
        replace: 'if (isCondemned(record, leader.id, leader.incarnation)) return true;',
      },
    ],
  },
  {
    name: 'late-resignation',
    rule: 'R10: who resigns leads until the record says so',
    scene: 'resigning',
    seed: 11,
    by: 'I5-one-leader',
    edits: [
      {
        find: 'return isLeaseHeld && this.#standing.isQuorate && !this.#hasResigned &&',
        replace: 'return isLeaseHeld && this.#standing.isQuorate &&',
      },
      {
        find: 'if (!this.#life.standing.isQuorate || this.#life.isDeparting) return 0;',
        replace: 'if (!this.#life.standing.isQuorate) return 0;',
      },
    ],
  },
  {
    name: 'acks-the-condemned',
    rule: 'R5: a voter acks on after it accepted the end of a life',
    scene: 'accepted-and-healed',
    seed: 13,
    by: 'I9-nothing-told-is-undone',
    edits: [
      ...WRONG_POLICY,
      {
        find: 'return accepted !== null && condemnedBy(accepted.change, id, incarnation);',
        replace: 'return accepted !== null && condemnedBy(accepted.change, id, incarnation) && id.length < 0;',
      },
    ],
  },
  {
    name: 'amnesia',
    rule: 'R14: promises are not written',
    scene: 'proof',
    seed: 12,
    by: 'I9-nothing-told-is-undone',
    edits: [{ find: 'acceptor: recovered === null ? chain.acceptor.state : null,', replace: 'acceptor: null,' }],
  },
  {
    name: 'believes-any-life',
    rule: 'R9: a higher incarnation needs to show nothing',
    scene: 'cloned-state',
    seed: 6,
    by: 'I5-one-leader',
    edits: [
      {
        find: 'if (claim.isShownSuccession || now - seen.lastAckAt >= this.#failMs) {',
        replace: 'if (claim.incarnation >= seen.incarnation) {',
      },
    ],
  },
  {
    name: 'lapse-at-ticks',
    rule: 'R6: the lapse is judged only when a timer fires',
    scene: 'lapsing',
    seed: 14,
    by: 'I7-one-interval-a-life',
    edits: [
      {
        find: 'this.#life.judgeLapse(this.#government.remainingMs(now, bootMs), now, outbox);',
        replace: "if (input.kind === 'tick') this.#life.judgeLapse(this.#government.remainingMs(now, bootMs), now, outbox);",
      },
    ],
  },
  {
    name: 'own-timings',
    rule: 'R4: each keeps to its own flags, whatever the record says',
    scene: 'differing-flags',
    seed: 9,
    by: 'I4-I6-I8-leases-stand-on-acks',
    edits: [{ find: 'this.#timings = PROFILES[welcome.record.profile];', replace: 'this.#timings = PROFILES[this.#options.profile];' }],
  },
  {
    name: 'no-floor',
    rule: 'R2: reaping leaves nothing behind',
    scene: 'reaped',
    seed: 1,
    by: 'I2-I3-one-chain-of-records',
    // A day of it: its scene is played with the rule in, by this seed, in test/sim/scenes.test.ts.
    isLong: true,
    edits: [{ find: 'if (reaped > floor) floor = reaped;', replace: 'if (reaped > floor) floor = old.floor;' }],
  },

  // ── of our own choosing ──
  {
    name: 'half-is-enough',
    rule: 'a majority is half',
    scene: 'proof',
    seed: 6,
    by: 'I4-I6-I8-leases-stand-on-acks',
    edits: [{ find: 'return Math.floor(voterCount / 2) + 1;', replace: 'return Math.max(1, Math.ceil(voterCount / 2));' }],
  },
  {
    name: 'acks-of-others',
    rule: 'R5: whoever is acked, I count it as mine',
    scene: 'proof',
    seed: 10,
    by: 'I4-I6-I8-leases-stand-on-acks',
    edits: [
      {
        find: 'if (sameTag(row.tag, tag)) this.lease.hearAck(from, row.epoch, row.counter);',
        replace: 'if (sameTag(tag, tag)) this.lease.hearAck(from, row.epoch, this.lease.newestCounter);',
      },
    ],
  },
  {
    name: 'ballot-reuse',
    rule: 'R3: a ballot is used again for another value',
    scene: 'offered-twice',
    seed: 12,
    by: 'I9-nothing-told-is-undone',
    edits: [
      {
        find: 'this.#highestRound = Math.max(this.#highestRound, this.#chain.acceptor.state.promised?.round ?? 0) + 1;',
        replace: 'this.#highestRound = Math.max(this.#highestRound, 1);',
      },
      { find: 'this.#sequence += 1;', replace: 'this.#sequence += 0;' },
    ],
  },
  {
    name: 'forgetful-promise',
    rule: 'R3: a promise does not tell what was accepted before',
    scene: 'proof',
    seed: 2,
    by: 'I9-nothing-told-is-undone',
    edits: [
      { find: "return { kind: 'promise', accepted: this.#state.accepted };", replace: "return { kind: 'promise', accepted: null };" },
    ],
  },
  {
    name: 'accepts-below-promise',
    rule: 'R3: an acceptor accepts below what it promised',
    scene: 'proof',
    seed: 8,
    by: 'I9-nothing-told-is-undone',
    edits: [
      {
        find: "if (promised !== null && compareBallots(ballot, promised) < 0) return { kind: 'nack', promised };\n    if (change.voters",
        replace: 'if (change.voters',
      },
    ],
  },
  {
    name: 'acks-ahead-of-disk',
    rule: 'R14: an epoch is acked before its record is on disk',
    scene: 'proof',
    seed: 6,
    by: 'I9-nothing-told-is-undone',
    edits: [
      {
        find: "return verdict === 'ack' ? { tag, counter, epoch: record.epoch } : null;",
        replace: "return verdict === 'ack' ? { tag, counter, epoch: (this.#chain.newest ?? record).epoch } : null;",
      },
    ],
  },
  {
    name: 'hasty-learners',
    rule: 'R9: who is told of a record does not wait',
    scene: 'proof',
    seed: 5,
    by: 'I1-failed-means-over',
    edits: [
      ...WRONG_POLICY,
      {
        find: 'this.#expect(condemned, now + (waitMs * (1 + CLOCK_RATE_ERROR)) / (1 - CLOCK_RATE_ERROR));',
        replace: 'this.#expect(condemned, now + (0 * waitMs * (1 + CLOCK_RATE_ERROR)) / (1 - CLOCK_RATE_ERROR));',
      },
    ],
  },
  {
    name: 'never-seen-is-long-gone',
    rule: 'R9: a voter that restarted has not seen anyone for ever',
    scene: 'restarted-voters',
    seed: 10,
    by: 'I1-failed-means-over',
    edits: [
      {
        find: 'if (seen === undefined) return now - this.#startedAt;',
        replace: 'if (seen === undefined) return now - 0 * this.#startedAt;',
      },
    ],
  },
  {
    name: 'children-left-alone',
    rule: 'R7: a fence is over before its children are',
    scene: 'deaf-leader',
    seed: 10,
    by: 'I5-one-leader',
    edits: [
      {
        find: 'this.#standing.beginFence(reason, message, evidence, now);\n    government.keeper.silence();',
        replace: 'this.#standing.beginFence(reason, message, evidence, now);\n    this.#nextLife(outbox);',
      },
    ],
  },
  {
    name: 'never-fences',
    rule: 'R7: who has lost its lease does nothing about it',
    scene: 'mute',
    seed: 7,
    by: 'L3-isolated-means-fenced',
    edits: [
      {
        find: 'if (this.#standing.isQuorate && remainingMs <= 0)',
        replace: 'if (this.#standing.isQuorate && remainingMs <= 0 && now < 0)',
      },
    ],
  },
  {
    name: 'late-verdict',
    rule: 'R9: the silent are condemned after twice T_condemn',
    scene: 'leave-while-down',
    seed: 1,
    by: 'L2-crash-is-told',
    edits: [
      {
        find: '(poll.idleMs[i] ?? 0) >= condemnAfterMs && !isKnown(record, suspect)',
        replace: '(poll.idleMs[i] ?? 0) >= 2 * condemnAfterMs && !isKnown(record, suspect)',
      },
    ],
  },
  {
    name: 'no-silence',
    rule: 'R13: a restart after a crash speaks at once (the clone hold still stands, so nothing worse comes of it)',
    scene: 'killed',
    seed: 12,
    by: 'expectation',
    edits: [
      {
        find: 'if (this.#parts.options.mustStaySilent) this.#silentUntil',
        replace: 'if (this.#parts.options.mustStaySilent && now < 0) this.#silentUntil',
      },
    ],
  },
  {
    name: 'says-before-disk',
    rule: 'R14: a promise leaves before it is written',
    scene: 'proof',
    seed: 7,
    by: 'I9-nothing-told-is-undone',
    edits: [
      {
        find: '    this.#ledger.write(outbox, (later, box) => {\n      const idleMs = suspects',
        replace:
          '    ((then) => { then(now, outbox); this.#ledger.write(outbox, () => {}); })((later: MonotonicMs, box: Outbox) => {\n      const idleMs = suspects',
      },
    ],
  },
];
