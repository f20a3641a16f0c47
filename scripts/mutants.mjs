// One way a mutant: which rule is taken out, where, and how it is to be caught. `npm run sim -- --mutate=NAME` bundles a simulator
// whose core has these edits and plays until a checker speaks. Each `find` must stand exactly once in its file, so that a mutant
// never quietly turns into the original when the core is rewritten. Nothing of this is in what a user gets.
//
// `scene` null: chance finds it among the seeds of the scene `proof`. Else chance does not, or not soon, and that scene is directed at it.

/**
 * When to condemn is policy, and R9 says that it may be wrong safely. With the right policy whoever is condemned has long fenced
 * itself, so the rules that keep a wrong one safe are never needed: they are taken out together with this.
 */
const WRONG_POLICY = [
  {
    find: '(poll.idleMs[i] ?? 0) >= timings.condemnMs && !isKnown(record, suspect)',
    replace: '(poll.idleMs[i] ?? 0) >= 1200 && !isKnown(record, suspect)',
  },
  { find: 'if (idleMs >= this.#timings.condemnMs && !isCondemned(', replace: 'if (idleMs >= 1200 && !isCondemned(' },
];

export const MUTANTS = [
  // ── no rule is taken out: every invariant must hold ──
  {
    name: 'wrong-policy',
    rule: 'none: whoever is silent for 1.2 s is condemned, which costs restarts and nothing else',
    scene: null,
    isHarmless: true,
    edits: WRONG_POLICY,
  },

  // ── the gate of the design ──
  {
    name: 'no-wait',
    rule: 'R9: announced as soon as it is decided',
    scene: null,
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
    edits: [{ find: 'condemnMs: 4200, failMs: 4500, dwellMs: 4500', replace: 'condemnMs: 3100, failMs: 3920, dwellMs: 3920' }],
  },
  {
    name: 'no-dwell',
    rule: 'R4: voters change as fast as they can',
    scene: 'voters-in-a-hurry',
    edits: [
      { find: 'return Math.max(0, this.#timings.dwellMs - (now - this.#epochSince));', replace: 'return 0 * (now - this.#epochSince);' },
    ],
  },
  {
    name: 'no-epoch-tags',
    rule: 'R6: an ack counts for whatever epoch it is asked for',
    scene: 'voters-in-a-hurry',
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
    scene: null,
    edits: [{ find: 'return Math.max(this.#above, own) + 1;', replace: 'return Math.max(this.#above, own);' }],
  },
  {
    name: 'receipt-stamps',
    rule: 'R5: a counter counts from when its ack came',
    scene: null,
    edits: [
      {
        find: 'const ack: AckHeld = { epoch, counter, sent: emission.sent };',
        replace: 'const ack: AckHeld = { epoch, counter, sent: (this.#emissions.at(-1) ?? emission).sent };',
      },
    ],
  },
  {
    name: 'clock-stops',
    rule: 'R6: the lease is measured by hrtime alone, which stands still in suspend',
    scene: 'asleep',
    edits: [{ find: 'return Math.max(to.monoMs - from.monoMs, to.bootMs - from.bootMs);', replace: 'return to.monoMs - from.monoMs;' }],
  },
  {
    name: 'waits-by-both-clocks',
    rule: 'R6: what waits takes whichever clock ran further',
    scene: 'jumping-uptime',
    edits: [{ find: 'this.#government.setBoot(bootMs);', replace: 'this.#government.setBoot(bootMs); now = at(Math.max(now, bootMs));' }],
  },
  {
    name: 'hasty-leader',
    rule: 'R10: a leader is replaced as soon as it is condemned',
    scene: null,
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
    scene: null,
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
    scene: null,
    edits: [{ find: 'acceptor: recovered === null ? chain.acceptor.state : null,', replace: 'acceptor: null,' }],
  },
  {
    name: 'believes-any-life',
    rule: 'R9: a higher incarnation needs to show nothing',
    scene: 'cloned-state',
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
    edits: [{ find: 'this.#timings = PROFILES[welcome.record.profile];', replace: 'this.#timings = PROFILES[this.#options.profile];' }],
  },
  {
    name: 'no-floor',
    rule: 'R2: reaping leaves nothing behind',
    scene: 'reaped',
    edits: [{ find: 'if (reaped > floor) floor = reaped;', replace: 'if (reaped > floor) floor = old.floor;' }],
  },

  // ── of our own choosing ──
  {
    name: 'half-is-enough',
    rule: 'a majority is half',
    scene: null,
    edits: [{ find: 'return Math.floor(voterCount / 2) + 1;', replace: 'return Math.max(1, Math.ceil(voterCount / 2));' }],
  },
  {
    name: 'acks-of-others',
    rule: 'R5: whoever is acked, I count it as mine',
    scene: null,
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
    scene: null,
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
    scene: null,
    edits: [
      { find: "return { kind: 'promise', accepted: this.#state.accepted };", replace: "return { kind: 'promise', accepted: null };" },
    ],
  },
  {
    name: 'accepts-below-promise',
    rule: 'R3: an acceptor accepts below what it promised',
    scene: null,
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
    scene: null,
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
    scene: null,
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
    rule: 'R9: a voter that restarted has not seen anyone for ever (CE-b3)',
    scene: 'restarted-voters',
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
    scene: null,
    edits: [
      {
        find: 'this.#standing.beginFence(reason, message, evidence, now);\n    government.keeper.silence();',
        replace: 'this.#standing.beginFence(reason, message, evidence, now);\n    this.#nextLife(outbox);',
      },
    ],
  },
  {
    name: 'no-silence',
    rule: 'R13: a restart after a crash speaks at once, and is believed to follow',
    scene: 'killed',
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
    scene: null,
    edits: [
      {
        find: '    this.#ledger.write(outbox, (later, box) => {\n      const idleMs = suspects',
        replace:
          '    ((then) => { then(now, outbox); this.#ledger.write(outbox, () => {}); })((later: MonotonicMs, box: Outbox) => {\n      const idleMs = suspects',
      },
    ],
  },
];
