/** Parts of answers that are JSON already: what a client selects of an object that never changes is written once. */

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

/**
 * An object that never changes, as each version of an entry is one of its own. What is selected of it is written when it
 * is asked for a second time, as most is asked for once, and kept for as long as the object is: for the two selections, by
 * their numbers, that came last.
 */
export abstract class LastingObject {
  #newer = 0;
  #older = 0;
  #newerJson: WrittenJson | undefined;
  #olderJson: WrittenJson | undefined;

  /** What a selection selects, if it is kept. */
  written(selection: number): WrittenJson | undefined {
    if (selection === this.#newer) return this.#newerJson;
    return selection === this.#older ? this.#olderJson : undefined;
  }

  /** Notes that a selection was asked for, and tells whether it was before. */
  isAskedAgain(selection: number): boolean {
    if (selection === this.#newer || selection === this.#older) return true;
    this.#older = this.#newer;
    this.#olderJson = this.#newerJson;
    this.#newer = selection;
    this.#newerJson = undefined;
    return false;
  }

  /** Keeps what a selection selects, unless it is much longer than the texts in it. */
  keep(selection: number, written: WrittenJson): void {
    if (written.text.length > 2 * written.characters + FRAME_CHARACTERS) return;
    if (selection === this.#newer) this.#newerJson = written;
    else if (selection === this.#older) this.#olderJson = written;
  }
}
