/**
 * Collections that take many entries without a pause. A `Map` or a `WeakSet` copies all that it holds whenever it doubles,
 * in one go: some hundred thousand entries take longer than other work of the thread may wait.
 */

/** Entries of a part that all new ones go to. */
const FIRST_PART = 4_096;
/** What is behind the first part is spread over so many. */
const PARTS = 256;
/** Characters at the ends of a key by which it is spread. Longer keys are few, as they take much memory. */
const SPREAD_BY = 128;

/** A map of keys such as `keyOfValues` makes. */
export class KeyMap<Item extends object | true> {
  readonly #first = new Map<string, Item>();
  readonly #others: Map<string, Item>[] = [];

  get(key: string): Item | undefined {
    const found = this.#first.get(key);
    return found === undefined && this.#others.length > 0 ? this.#others[partOf(key)]?.get(key) : found;
  }

  set(key: string, item: Item): void {
    if (this.#first.size < FIRST_PART || this.#first.has(key)) this.#first.set(key, item);
    else {
      if (this.#others.length === 0) for (let part = 0; part < PARTS; part += 1) this.#others.push(new Map());
      this.#others[partOf(key)]?.set(key, item);
    }
  }
}

/** FNV-1a of the characters at both ends. */
function partOf(key: string): number {
  let hash = 0x811c9dc5;
  const { length } = key;
  const tail = length <= 2 * SPREAD_BY ? 0 : length - SPREAD_BY;
  for (let at = tail; at < length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  for (let at = Math.min(tail, SPREAD_BY) - 1; at >= 0; at -= 1)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 16)) & (PARTS - 1);
}

/** Objects in one part of a set of objects: a weak one copies them at a tenth of the speed. */
const OBJECTS = 8_192;

/** A set of objects that holds on to none of them. */
export class ObjectSet {
  #newest = new WeakSet();
  #count = 0;
  readonly #older: WeakSet<object>[] = [];

  has(object: object): boolean {
    return this.#newest.has(object) || this.#older.some((part) => part.has(object));
  }

  /** Adds an object that it does not have. */
  add(object: object): void {
    if (this.#count === OBJECTS) {
      this.#older.push(this.#newest);
      this.#newest = new WeakSet();
      this.#count = 0;
    }
    this.#newest.add(object);
    this.#count += 1;
  }
}
