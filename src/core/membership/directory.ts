// Who has ever been heard of: id → slot, a small number under which every table keeps that member's row, and
// the other ways to a slot: by tag, by name. It holds what is true of a member for everyone (its lives in lives.ts); what one
// node believes of it is in table.ts. An agent has a directory of its own and reuses slots; the nodes of a simulation share
// one, which forgets nothing, so that what they know alike is held once and 10^8 rows fit.

import type { NodeId } from '../ids.ts';
import { grown, rowsToReserve } from './columns.ts';
import { Lives } from './lives.ts';
import { NONE, SlotIndex } from './slot-index.ts';
import type { MemberTable } from './table.ts';

const WORDS = 4;
/** Most clusters are smaller, and in a larger one the voters are among its first. */
const TEXTS_KEPT = 256;

export class Directory {
  readonly isShared: boolean;
  readonly lives: Lives;
  /** Shown each table that is made on it: who shares it out may hand a ready list to all of them (ready-rows.ts). */
  onTable: ((table: MemberTable) => void) | null = null;
  #ids = new Uint32Array(0);
  #slotCount = 0;
  readonly #freeSlots: number[] = [];
  readonly #byId = new SlotIndex((slot) => keyOf(this.#ids, slot * WORDS));
  readonly #byTag = new SlotIndex();
  /** Ids as text, of the first members and, where it is shared, of all: they would otherwise be spelled a million times. */
  readonly #idTexts: (NodeId | undefined)[] = [];
  readonly #slotOfText = new Map<NodeId, number>();

  constructor(options: { readonly isShared: boolean } = { isShared: false }) {
    this.isShared = options.isShared;
    this.lives = new Lives(options.isShared);
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
      const length = rowsToReserve(this.#ids.length / WORDS, slot + 1, 0);
      this.#ids = grown(this.#ids, new Uint32Array(length * WORDS));
    }
    this.#ids.set(words, slot * WORDS);
    this.#byId.add(keyOf(words, 0), slot);
    if (this.#keepsText(slot)) this.#slotOfText.set(id, slot);
    return slot;
  }

  /** The slot may be given to another id from now on; in a shared directory others may still hold it. */
  release(slot: number): void {
    if (this.isShared) return;
    if (this.#keepsText(slot)) {
      this.#slotOfText.delete(this.idAt(slot));
      this.#idTexts[slot] = undefined;
    }
    this.lives.release(slot);
    this.#byId.remove(keyOf(this.#ids, slot * WORDS), slot);
    this.#freeSlots.push(slot);
  }

  idAt(slot: number): NodeId {
    const known = this.#idTexts[slot];
    if (known !== undefined) return known;
    let text = '';
    for (let i = 0; i < WORDS; i++) text += this.#ids[slot * WORDS + i]!.toString(16).padStart(8, '0');
    const id = text as NodeId; // was one when its words were taken
    if (this.#keepsText(slot)) this.#idTexts[slot] = id;
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

  /** Orders all members by chance, alike for everyone: by the hash of their ids. */
  rankOf(slot: number): number {
    return keyOf(this.#ids, slot * WORDS);
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

  /** A slot that fits among those that some list has, or had, a member of this name at. */
  findByName(name: string, fits: (slot: number) => boolean): number {
    return this.lives.findByName(name, fits);
  }

  #keepsText(slot: number): boolean {
    return this.isShared || slot < TEXTS_KEPT;
  }

  #find(words: Uint32Array): number {
    return this.#byId.find(keyOf(words, 0), (slot) => {
      for (let i = 0; i < WORDS; i++) if (this.#ids[slot * WORDS + i] !== words[i]) return false;
      return true;
    });
  }
}

function wordsOf(id: NodeId): Uint32Array {
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i++) words[i] = Number.parseInt(id.slice(i * 8, i * 8 + 8), 16);
  return words;
}

// Ids are random, but they come from the network: all words take part, so that no choice of one of them fills a chain.
function keyOf(words: Uint32Array, from: number): number {
  let key = 0;
  for (let i = from; i < from + WORDS; i++) key = Math.imul(key ^ words[i]!, 0x85ebca6b) ^ (key >>> 13);
  return key >>> 0;
}
