// Who has ever been heard of: id → slot, a small number under which every table keeps that member's row, and
// the other ways to a slot: by tag, by name. It holds what is true of a member for everyone; what one node believes of it
// is in table.ts. An agent has a directory of its own and reuses slots; the nodes of a simulation share one, so that what
// they know alike is held once and 10^8 rows fit.

import { hash32 } from '../hash.ts';
import type { NodeId } from '../ids.ts';
import type { Facts, Meta } from '../message.ts';
import { NONE, SlotIndex } from './slot-index.ts';

/** Facts as a row holds them: with the half of the tag that the row has no column for. */
export interface HeldFacts extends Facts {
  /** Signed: above 2^31 it would be a box of 16 bytes beside the object. */
  readonly tagHi: number;
}

const WORDS = 4;
/** Most members of a cluster have one of few metas; these are compared with before a new one is kept. */
const RECENT_METAS = 8;

export class Directory {
  readonly isShared: boolean;
  #ids = new Uint32Array(16 * WORDS);
  #slotCount = 0;
  readonly #freeSlots: number[] = [];
  readonly #byId = new SlotIndex();
  readonly #byTag = new SlotIndex();
  readonly #byName = new SlotIndex();
  readonly #recentMetas: Meta[] = [];
  /** Shared only: the facts last held of each slot, for the next node that holds the same. */
  readonly #held: HeldFacts[] = [];
  /** Shared only: ids as text, which a thousand nodes would otherwise spell a million times. */
  readonly #idTexts: NodeId[] = [];
  readonly #slotOfText = new Map<NodeId, number>();

  constructor(options: { readonly isShared: boolean } = { isShared: false }) {
    this.isShared = options.isShared;
  }

  /** Slots are below this. */
  get slotCount(): number {
    return this.#slotCount;
  }

  slotOf(id: NodeId): number {
    return this.#slotOfText.get(id) ?? this.#find(wordsOf(id));
  }

  intern(id: NodeId): number {
    const familiar = this.#slotOfText.get(id);
    if (familiar !== undefined) return familiar;
    const words = wordsOf(id);
    const known = this.#find(words);
    if (known !== NONE) return known;
    const slot = this.#freeSlots.pop() ?? this.#slotCount++;
    if ((slot + 1) * WORDS > this.#ids.length) {
      const grown = new Uint32Array(Math.ceil((slot + 1) * 1.25) * WORDS);
      grown.set(this.#ids);
      this.#ids = grown;
    }
    this.#ids.set(words, slot * WORDS);
    this.#byId.add(keyOf(words), slot);
    if (this.isShared) this.#slotOfText.set(id, slot);
    return slot;
  }

  /** The slot may be given to another id from now on; in a shared directory others may still hold it. */
  release(slot: number): void {
    if (this.isShared) return;
    this.#byId.remove(keyOf(this.#ids.subarray(slot * WORDS, slot * WORDS + WORDS)), slot);
    this.#freeSlots.push(slot);
  }

  idAt(slot: number): NodeId {
    const known = this.#idTexts[slot];
    if (known !== undefined) return known;
    let text = '';
    for (let i = 0; i < WORDS; i++) text += this.#ids[slot * WORDS + i]!.toString(16).padStart(8, '0');
    const id = text as NodeId; // was one when its words were taken
    if (this.isShared) this.#idTexts[slot] = id;
    return id;
  }

  /** Orders two members as their ids do in text. */
  compareIds(a: number, b: number): number {
    for (let i = 0; i < WORDS; i++) {
      const difference = this.#ids[a * WORDS + i]! - this.#ids[b * WORDS + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  addTag(tagLo: number, slot: number): void {
    this.#byTag.add(tagLo, slot);
  }

  removeTag(tagLo: number, slot: number): void {
    if (!this.isShared) this.#byTag.remove(tagLo, slot);
  }

  /** The slot whose tag has this low half; NONE or SEVERAL when that says nothing. */
  slotOfTag(tagLo: number): number {
    return this.#byTag.only(tagLo);
  }

  addName(name: string, slot: number): void {
    this.#byName.add(hash32(name, 0), slot);
  }

  removeName(name: string, slot: number): void {
    if (!this.isShared) this.#byName.remove(hash32(name, 0), slot);
  }

  /** A slot that fits among those that may bear this name (by hash: `fits` compares the name itself). */
  findByName(name: string, fits: (slot: number) => boolean): number {
    return this.#byName.find(hash32(name, 0), fits);
  }

  /** The same facts, held once where others hold them too. */
  hold(slot: number, facts: Facts, tagHi: number): HeldFacts {
    const known = this.#held[slot];
    if (known !== undefined && known.tagHi === (tagHi | 0) && sameFacts(known, facts)) return known;
    const held: HeldFacts = { name: facts.name, address: facts.address, meta: this.#holdMeta(facts.meta), tagHi: tagHi | 0 };
    if (this.isShared) this.#held[slot] = held;
    return held;
  }

  #holdMeta(meta: Meta): Meta {
    for (const recent of this.#recentMetas) if (recent === meta || sameMeta(recent, meta)) return recent;
    if (this.#recentMetas.length === RECENT_METAS) this.#recentMetas.shift();
    this.#recentMetas.push(meta);
    return meta;
  }

  #find(words: Uint32Array): number {
    return this.#byId.find(keyOf(words), (slot) => {
      for (let i = 0; i < WORDS; i++) if (this.#ids[slot * WORDS + i] !== words[i]) return false;
      return true;
    });
  }
}

export function sameFacts(a: Facts, b: Facts): boolean {
  return a.name === b.name && a.address === b.address && (a.meta === b.meta || sameMeta(a.meta, b.meta));
}

function sameMeta(a: Meta, b: Meta): boolean {
  if (a.version !== b.version || a.restarts !== b.restarts || a.zone !== b.zone || a.software !== b.software || a.canVote !== b.canVote)
    return false;
  if (a.tags.length !== b.tags.length) return false;
  for (let i = 0; i < a.tags.length; i++) {
    if (a.tags[i]![0] !== b.tags[i]![0] || a.tags[i]![1] !== b.tags[i]![1]) return false;
  }
  return true;
}

function wordsOf(id: NodeId): Uint32Array {
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i++) words[i] = Number.parseInt(id.slice(i * 8, i * 8 + 8), 16);
  return words;
}

// Ids are random, but they come from the network: all words take part, so that no choice of one of them fills a chain.
function keyOf(words: Uint32Array): number {
  let key = 0;
  for (let i = 0; i < WORDS; i++) key = Math.imul(key ^ words[i]!, 0x85ebca6b) ^ (key >>> 13);
  return key >>> 0;
}
