import type { OpenEngine } from '../../../src/store/engine/engine.js';
import { applyBatch, copyDisk, createMemoryDisk, memoryEngine } from '../../support/memory-engine.js';

/**
 * What becomes of a write that fails. `refused`: nothing of it stays. `applied`: it is there, on disk too. `returns`: it
 * seems to be gone, and is there when the data is opened again, as a log record is whose fsync failed.
 */
export type Fault = 'refused' | 'applied' | 'returns';

export const FAULTS: readonly Fault[] = ['refused', 'applied', 'returns'];

export interface FaultyEngine {
  readonly open: OpenEngine;
  /** Makes the next write of a handle for writing fail. */
  failNextWrite(fault: Fault): void;
  /** Makes the next openings fail, for writing or for both. */
  failNextOpenings(count: number, mode: 'write' | 'both'): void;
  /** How often the data was opened so far, by mode. */
  readonly openings: { write: number; read: number };
}

/**
 * An engine in memory whose writes and openings fail on demand. As with RocksDB, a handle whose write has failed
 * acknowledges later writes and loses them.
 */
export function createFaultyEngine(): FaultyEngine {
  const disk = createMemoryDisk();
  const openings = { write: 0, read: 0 };
  let nextFault: Fault | undefined;
  let failingOpenings = 0;
  let failingMode: 'write' | 'both' = 'write';

  return {
    openings,
    failNextWrite: (fault) => {
      nextFault = fault;
    },
    failNextOpenings: (count, mode) => {
      failingOpenings = count;
      failingMode = mode;
    },
    open: async (mode) => {
      openings[mode] += 1;
      if (failingOpenings > 0 && (mode === 'write' || failingMode === 'both')) {
        if (mode === 'write') failingOpenings -= 1;
        throw new Error('the disk does not answer');
      }
      let view = disk;
      let engine = await memoryEngine(view)(mode);
      return {
        getMany: (keys) => engine.getMany(keys),
        scan: (range) => engine.scan(range),
        scanKeys: (range) => engine.scanKeys(range),
        iterate: (range) => engine.iterate(range),
        write: async (batch) => {
          const fault = nextFault;
          if (fault === undefined) return engine.write(batch);
          nextFault = undefined;
          if (fault === 'applied') await engine.write(batch);
          view = copyDisk(disk);
          engine = await memoryEngine(view)(mode);
          if (fault === 'returns') applyBatch(disk, batch);
          throw new Error('no space left on device');
        },
        compact: (range) => engine.compact(range),
        purge: (range) => engine.purge(range),
        close: () => engine.close(),
      };
    },
  };
}
