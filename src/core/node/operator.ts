// Wishes of the operator: each is answered once, at once or when it is done.

import { assertNever } from '../assert.ts';
import type { CommandResult, Outbox, RefusedCommandCode } from '../effect.ts';
import { tagsProblem } from '../facts.ts';
import { clusterId } from '../ids.ts';
import type { Command } from '../input.ts';
import { NONE } from '../membership/index.ts';
import type { Meta } from '../message.ts';
import type { Random } from '../random.ts';
import { type ClusterRecord, isVoter } from '../record/index.ts';
import type { MonotonicMs } from '../time.ts';
import type { Admission } from './admission.ts';
import type { Government } from './government.ts';
import type { Life } from './life.ts';
import type { Roster } from './roster.ts';
import type { Self } from './self.ts';
import type { Talk } from './talk.ts';
import type { Voice } from './voice.ts';

type ImmediateCommand = Extract<Command, { readonly kind: 'forget' | 'set-tags' | 'set-address' | 'partition' | 'voters' }>;

const DONE: CommandResult = { kind: 'done' };

export class Operator {
  readonly #self: Self;
  readonly #roster: Roster;
  readonly #talk: Talk;
  readonly #voice: Voice;
  readonly #government: Government;
  readonly #admission: Admission;
  readonly #life: Life;
  readonly #random: Random;

  constructor(
    self: Self,
    roster: Roster,
    talk: Talk,
    voice: Voice,
    government: Government,
    admission: Admission,
    life: Life,
    random: Random,
  ) {
    this.#self = self;
    this.#roster = roster;
    this.#talk = talk;
    this.#voice = voice;
    this.#government = government;
    this.#admission = admission;
    this.#life = life;
    this.#random = random;
  }

  /** `maySeek`: its first life is on disk, so that seeds may be asked at once. */
  obey(ticket: number, command: Command, maySeek: boolean, now: MonotonicMs, outbox: Outbox): void {
    if (this.#life.isDeparting || this.#life.isSayingFarewell) return answer(ticket, refused('leaving', 'this agent is leaving'), outbox);
    switch (command.kind) {
      case 'join':
        this.#admission.join(ticket, command.seeds, now, outbox);
        if (maySeek) this.#admission.tick(now, outbox);
        return;
      case 'leave':
        return answer(ticket, this.#life.leave(ticket, now, outbox), outbox);
      case 'stop':
        return this.#life.stop(ticket, now, outbox);
      case 'confirm':
        return this.#government.confirmation.begin(ticket, this.#random.uint32(), now, outbox);
      case 'recover-force':
        return answer(ticket, this.#life.recover(clusterId(this.#random.hex32()), ticket, now, outbox), outbox);
      default:
        return answer(ticket, this.#obeyAtOnce(command, this.#life.hasBegun, now, outbox), outbox);
    }
  }

  #obeyAtOnce(command: ImmediateCommand, isMember: boolean, now: MonotonicMs, outbox: Outbox): CommandResult {
    switch (command.kind) {
      case 'set-tags':
        return this.#setTags(command.tags, isMember, now, outbox);
      case 'set-address':
        this.#self.changeFacts({ address: command.address });
        return this.#announceFacts(isMember, now, outbox);
      case 'forget':
        return isMember ? this.#forget(command.name, now, outbox) : nobodyNamed(command.name);
      case 'partition':
        return this.#partition(command.dropIn, command.dropOut, isMember, now);
      case 'voters':
        return isMember ? this.#changeVoters(command, now) : nobodyNamed(command.add ?? command.remove ?? '');
      default:
        return assertNever(command);
    }
  }

  #setTags(tags: Meta['tags'], isMember: boolean, now: MonotonicMs, outbox: Outbox): CommandResult {
    const problem = tagsProblem(tags);
    if (problem !== null) return refused('invalid', problem);
    this.#self.changeFacts({ tags });
    return this.#announceFacts(isMember, now, outbox);
  }

  #announceFacts(isMember: boolean, now: MonotonicMs, outbox: Outbox): CommandResult {
    if (!isMember) return DONE;
    this.#roster.putSelf(this.#self.entry(), now, outbox);
    this.#talk.expedite(now);
    return DONE;
  }

  /** R11: a wish; the record shows when it came true. */
  #changeVoters(command: Extract<Command, { readonly kind: 'voters' }>, now: MonotonicMs): CommandResult {
    const { table, showing } = this.#roster;
    const name = command.add ?? command.remove ?? '';
    const slot = showing.slotByName(name, now);
    if (slot === NONE) return nobodyNamed(name);
    const id = table.directory.idAt(slot);
    const { record } = this.#government.chain;
    if (record === null) return refused('not-quorate', 'there is no record yet');
    const isAVoter = isVoter(record, id);
    if (command.add !== undefined) {
      if (isAVoter) return refused('invalid', `${name} is a voter already`);
      if (!table.isAlive(slot)) return refused('invalid', `${name} is not alive`);
      if (!table.factsOf(slot).meta.canVote)
        return refused('invalid', `${name} does not vote: it was started with --no-vote, or without a state directory of its own`);
      if (record.voters.length >= record.maxVoters) return refused('voters-full', this.#fullness(record));
      this.#government.wish('add-voter', id, now);
      return DONE;
    }
    if (!isAVoter) return refused('invalid', `${name} is no voter`);
    if (record.voters.length === 1) return refused('would-lose-quorum', `${name} is the only voter`);
    this.#government.wish('remove-voter', id, now);
    return DONE;
  }

  #fullness({ voters }: ClusterRecord): string {
    const { table } = this.#roster;
    const names = voters.map(({ id }) => {
      const slot = table.slotOf(id);
      return slot === NONE ? id : table.nameOf(slot);
    });
    return `${voters.length} vote already (${names.join(', ')}), as many as the record of this cluster allows (--max-voters, set when it was made)`;
  }

  #forget(name: string, now: MonotonicMs, outbox: Outbox): CommandResult {
    const { table, showing } = this.#roster;
    const slot = showing.slotByName(name, now);
    if (slot === NONE) return nobodyNamed(name);
    if (slot === table.selfSlot) return refused('is-self', `${name} is this agent: use leave`);
    if (table.isAlive(slot)) {
      const state = table.isSuspect(slot) ? 'suspect' : 'alive';
      return refused('member-alive', `${name} is ${state}: only a member that failed, left or stopped can be forgotten`);
    }
    const { record } = this.#government.chain;
    const id = table.directory.idAt(slot);
    // A dead voter is removed first: what is forgotten must not go on counting.
    if (record !== null && isVoter(record, id)) this.#government.wish('remove-voter', id, now);
    this.#roster.forget(slot, now, outbox);
    this.#talk.expedite(now);
    return DONE;
  }

  #partition(dropIn: readonly string[], dropOut: readonly string[], isMember: boolean, now: MonotonicMs): CommandResult {
    const { table, showing } = this.#roster;
    const slotOf = (name: string): number => (isMember ? showing.slotByName(name, now) : NONE);
    const unknown = [...new Set([...dropIn, ...dropOut])].filter((name) => slotOf(name) === NONE);
    if (unknown.length > 0) return nobodyNamed(unknown.join(', '));
    this.#talk.deafTo(new Set(dropIn.map(slotOf)));
    this.#voice.muteTo(new Set(dropOut.map((name) => table.addressOf(slotOf(name)))));
    return DONE;
  }
}

/** Null: it will be answered when it is done. */
function answer(ticket: number, result: CommandResult | null, outbox: Outbox): void {
  if (result !== null) outbox.push({ kind: 'command-result', ticket, result });
}

function nobodyNamed(name: string): CommandResult {
  return refused('no-such-member', `no member is named ${name}`);
}

function refused(code: RefusedCommandCode, message: string): CommandResult {
  return { kind: 'refused', code, message };
}
