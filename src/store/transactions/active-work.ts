import { closing } from '../errors.js';

/** The reads and transactions that a store has accepted, and its end, which waits for them. */
export class ActiveWork {
  #active = 0;
  #onIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Runs a work unless the store is closing. @throws UnavailableError if it is; whatever `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.refuseIfClosed();
    this.#active += 1;
    try {
      return await work();
    } finally {
      this.#active -= 1;
      if (this.#active === 0) this.#onIdle?.();
    }
  }

  /** @throws UnavailableError if the store is closing */
  refuseIfClosed(): void {
    if (this.isClosed) throw closing();
  }

  /** Accepts nothing more, and runs `release` once everything that was accepted has ended. Idempotent. */
  close(release: () => Promise<void>): Promise<void> {
    this.#closed ??= this.#drain().then(release);
    return this.#closed;
  }

  async #drain(): Promise<void> {
    if (this.#active === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }
}
