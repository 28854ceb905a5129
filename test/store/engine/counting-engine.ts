import type { OpenEngine } from '../../../src/store/engine/engine.js';

/** Counts the writes of every handle that `open` opens. */
export function countWrites(open: OpenEngine): { readonly open: OpenEngine; readonly writes: () => number } {
  let writes = 0;
  return {
    open: async (mode) => {
      const engine = await open(mode);
      return {
        ...engine,
        write: (batch) => {
          writes += 1;
          return engine.write(batch);
        },
      };
    },
    writes: () => writes,
  };
}
