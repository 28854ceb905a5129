import type { Entry } from '../../contract.js';
import { lastComponent } from '../../keys.js';
import { ORGANIZATION_STREAMS, type Stream } from '../../streams.js';

/** Every commit that has ids makes one of these: a UUIDv7 in the last component of the key. */
const STAMPED = 'audit:';
const TIME_DIGITS = 12;

/** The newest time that stands in the ids of what is loaded, by stream: new ids must sort behind them. */
export class LoadedClocks {
  readonly #newest = new Map<Stream, number>();

  /** @returns the streams, and as many times, epoch ms */
  get columns(): readonly [streams: readonly Stream[], clocks: readonly number[]] {
    return [[...this.#newest.keys()], [...this.#newest.values()]];
  }

  /** Passes on what is loaded, and takes notice of it. */
  async *observe(entries: AsyncIterable<readonly Entry[]>): AsyncGenerator<readonly Entry[], void> {
    for await (const piece of entries) {
      for (const { key } of piece) {
        if (!key.startsWith(STAMPED)) continue;
        const time = Number.parseInt(lastComponent(key).replace('-', '').slice(0, TIME_DIGITS), 16);
        const stream = ORGANIZATION_STREAMS.ofKey(key);
        if (time > (this.#newest.get(stream) ?? 0)) this.#newest.set(stream, time);
      }
      yield piece;
    }
  }
}
