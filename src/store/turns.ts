/**
 * Pauses of the commits, for those whom commits have disturbed too often. Turns are given between two groups; after each
 * round of turns one group is committed, so that neither side starves.
 */
export interface Turn {
  /** Ends the pause. Idempotent. */
  release(): void;
}

interface Waiting {
  readonly grant: () => void;
  readonly refuse: (error: Error) => void;
  readonly released: Promise<void>;
}

export class Turns {
  readonly #longest: number;
  #shared: Waiting[] = [];
  readonly #exclusive: Waiting[] = [];

  /** @param longest how long a turn may hold up the commits, in milliseconds; then they go on without its end */
  constructor(longest: number) {
    this.#longest = longest;
  }

  get waiting(): boolean {
    return this.#shared.length > 0 || this.#exclusive.length > 0;
  }

  /** A turn together with everybody else who waits for a shared one. */
  shared(): Promise<Turn> {
    return this.#wait(this.#shared);
  }

  /** A turn alone. */
  exclusive(): Promise<Turn> {
    return this.#wait(this.#exclusive);
  }

  /** Gives all the shared turns, then one exclusive turn, and answers when they are over. */
  async give(): Promise<void> {
    const shared = this.#shared.splice(0);
    if (shared.length > 0) await this.#hold(shared);
    const exclusive = this.#exclusive.shift();
    if (exclusive) await this.#hold([exclusive]);
  }

  /** No commits are made for now: lets the shared turns go on without a pause, and refuses the exclusive ones. */
  cancel(error: Error): void {
    for (const { grant } of this.#shared.splice(0)) grant();
    for (const { refuse } of this.#exclusive.splice(0)) refuse(error);
  }

  #wait(queue: Waiting[]): Promise<Turn> {
    return new Promise((resolve, refuse) => {
      let release = (): void => undefined;
      const released = new Promise<void>((done) => {
        release = done;
      });
      queue.push({
        grant: () => {
          resolve({ release });
        },
        refuse,
        released,
      });
    });
  }

  async #hold(turns: readonly Waiting[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#longest);
    });
    for (const { grant } of turns) grant();
    await Promise.race([Promise.all(turns.map(({ released }) => released)), tooLong]);
    clearTimeout(timer);
  }
}
