import { type FileHandle, open, rm } from 'node:fs/promises';
import type { AnyRecord } from './records.js';

export interface RefusedFile {
  readonly write: (record: AnyRecord, reason: string) => Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes refused records into a file, with their numbers, the reasons, and their text where it can be read: what is mended
 * there can be imported again. The file takes the place of that of a run before, and is there only if it is needed.
 * @param goesOn whether this run goes on where one before stopped: then it adds to the file of that one
 */
export function openRefusedFile(path: string, unit: 'line' | 'row', goesOn: boolean): RefusedFile {
  let file: FileHandle | undefined;
  return {
    write: async (record, reason) => {
      file ??= await open(path, goesOn ? 'a' : 'w', 0o600);
      const text = record.problem === undefined ? { text: record.text } : {};
      await file.appendFile(`${JSON.stringify({ [unit]: record.number, reason, ...text })}\n`);
    },
    close: async () => {
      if (file !== undefined) await file.close();
      else if (!goesOn) await rm(path, { force: true });
    },
  };
}
