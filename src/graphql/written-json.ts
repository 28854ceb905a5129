/** Parts of answers that are JSON already: what a client selects of an object that never changes is written once. */
import { LRUCache } from 'lru-cache';

/** What is selected of one object, as JSON. */
export class WrittenJson {
  constructor(
    readonly text: string,
    /** How many fields of the answer it is, and how many characters their texts have, as a request's budget counts them. */
    readonly fields: number,
    readonly characters: number,
  ) {}

  /** For whoever reads the answer as data, or writes it otherwise. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** JSON has at most so many characters beside twice those of the texts in it, or it is not kept: names can be long. */
const FRAME_CHARACTERS = 2_048;

/** A selection that was asked for, and what it selects once that is written. */
interface Slot {
  readonly selection: number;
  written: WrittenJson | undefined;
}

const EMPTY: Slot = { selection: 0, written: undefined };

/** How many characters are kept at most, of all objects together; those of Latin-1 take a byte each. */
const KEPT_CHARACTERS = 16 * 1024 ** 2;
/** What a slot costs beside its text, about. */
const SLOT_CHARACTERS = 160;

/** The slots that hold a text, the oldest first. They hold no object, so that none lives longer for its text. */
const keptSlots = new LRUCache<Slot, WrittenJson>({
  maxSize: KEPT_CHARACTERS,
  sizeCalculation: ({ text }) => text.length + SLOT_CHARACTERS,
  dispose: (_, slot) => {
    slot.written = undefined;
  },
});

/**
 * An object that never changes, as each version of an entry is one of its own. What is selected of it is written when it
 * is asked for a second time, as most is asked for once, and kept while there is room: for the two selections, by
 * their numbers, that came last.
 */
export abstract class LastingObject {
  #newer = EMPTY;
  #older = EMPTY;

  /** What a selection selects, if it is kept. */
  written(selection: number): WrittenJson | undefined {
    return this.#slotOf(selection)?.written;
  }

  /** Notes that a selection was asked for, and tells whether it was before. */
  isAskedAgain(selection: number): boolean {
    if (this.#slotOf(selection) !== undefined) return true;
    if (this.#older.written !== undefined) keptSlots.delete(this.#older);
    this.#older = this.#newer;
    this.#newer = { selection, written: undefined };
    return false;
  }

  /** Keeps what a selection selects, unless it is much longer than the texts in it. */
  keep(selection: number, written: WrittenJson): void {
    const slot = this.#slotOf(selection);
    if (slot === undefined || written.text.length > 2 * written.characters + FRAME_CHARACTERS) return;
    keptSlots.set(slot, written);
    slot.written = written;
  }

  #slotOf(selection: number): Slot | undefined {
    if (selection === this.#newer.selection) return this.#newer;
    return selection === this.#older.selection ? this.#older : undefined;
  }
}
