/**
 * Pauses the commits for reads and transactions that commits have conflicted with too often. Leases are granted between two
 * batches; after each round of leases one batch is committed, so that neither side starves.
 */
export interface GateLease {
  /** Ends the pause. Idempotent. */
  release(): void;
}

interface Waiting {
  readonly grant: () => void;
  readonly refuse: (error: Error) => void;
  readonly released: Promise<void>;
}

export class CommitGate {
  readonly #maxMilliseconds: number;
  #shared: Waiting[] = [];
  readonly #exclusive: Waiting[] = [];

  /** @param maxMilliseconds how long a lease may hold up the commits, in milliseconds; then they go on without its end */
  constructor(maxMilliseconds: number) {
    this.#maxMilliseconds = maxMilliseconds;
  }

  get waiting(): boolean {
    return this.#shared.length > 0 || this.#exclusive.length > 0;
  }

  /** A lease together with everybody else who waits for a shared one. */
  shared(): Promise<GateLease> {
    return this.#wait(this.#shared);
  }

  /** A lease alone. */
  exclusive(): Promise<GateLease> {
    return this.#wait(this.#exclusive);
  }

  /** Gives all the shared leases, then one exclusive lease, and answers when they are over. */
  async grantLeases(): Promise<void> {
    const shared = this.#shared.splice(0);
    if (shared.length > 0) await this.#hold(shared);
    const exclusive = this.#exclusive.shift();
    if (exclusive) await this.#hold([exclusive]);
  }

  /** No commits are made for now: lets the shared leases go on without a pause, and refuses the exclusive ones. */
  cancel(error: Error): void {
    for (const { grant } of this.#shared.splice(0)) grant();
    for (const { refuse } of this.#exclusive.splice(0)) refuse(error);
  }

  #wait(queue: Waiting[]): Promise<GateLease> {
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

  async #hold(leases: readonly Waiting[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#maxMilliseconds);
    });
    for (const { grant } of leases) grant();
    await Promise.race([Promise.all(leases.map(({ released }) => released)), tooLong]);
    clearTimeout(timer);
  }
}
