import { expect, it } from 'vitest';
import type { AnyRecord, FileRecord } from '../../../src/maintenance/import/records.js';
import { createTally } from '../../../src/maintenance/import/tally.js';
import { parseRows } from '../../../src/maintenance/import-row.js';
import { importRecords, type ImportTarget } from '../../../src/maintenance/import.js';
import { APPROVED } from '../../support/feedback.js';

const ROW = JSON.stringify(APPROVED);

async function* records(texts: readonly string[]): AsyncGenerator<AnyRecord, void> {
  for (const [index, text] of texts.entries()) yield await Promise.resolve({ number: index + 1, text });
}

/** Imports records into a target that takes so many times what it is given, and fails then. */
async function importInto(texts: readonly string[], times: number) {
  const listed: number[] = [];
  const tally = createTally();
  let left = times;
  const target: ImportTarget = {
    take: (rows) => {
      if (left === 0) return Promise.reject(new Error('The store is gone'));
      left -= 1;
      return Promise.resolve(rows.map(({ record }) => ({ record, fate: 'created', status: 'approved', problems: [] })));
    },
  };
  const work = importRecords({
    records: records(texts),
    parse: (text) => parseRows(text, { mapping: new Map(), constants: new Map(), adapters: new Map() }, Date.now()),
    target,
    tally,
    refuse: (record: AnyRecord | FileRecord) => Promise.resolve(void listed.push(record.number)),
  });
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { listed, summary: tally.summary(), error };
}

it('lists the rows that were refused before those of a batch that failed, and no others', async () => {
  const { listed, summary, error } = await importInto(['none', '{}', ROW, 'none', ROW], 0);
  expect(error).toEqual(new Error('The store is gone'));
  expect(listed).toEqual([1, 2]);
  expect(summary.refused).toMatchObject({ count: 2, stretches: [[1, 2]] });
});

it('keeps what became of the batches before one that failed', async () => {
  const texts = Array.from({ length: 1_200 }, (_, index) => (index % 100 === 0 ? 'none' : ROW));
  const { listed, summary, error } = await importInto(texts, 1);
  expect(error).toEqual(new Error('The store is gone'));
  expect(summary.approved.count).toBe(495);
  expect(listed).toEqual([1, 101, 201, 301, 401, 501]);
  const whole = await importInto(texts, 3);
  expect(whole.error).toBeUndefined();
  expect(whole.listed).toHaveLength(12);
});
