import { randomUUID } from 'node:crypto';
import type { ValidationServices } from '../services.js';
import type { FieldMapping } from './import-fields.js';
import { BadRowError, parseRow } from './import-row.js';
import type { AnyRecord } from './import/records.js';
import { type NumberedRow, storeRows } from './store-rows.js';

/** Who an import acts as, for audit. */
const ACTOR = 'import';
const DEFAULT_ORGANIZATION = 'default';

/** How many records, and characters of them, are stored together. */
const ROWS_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 4 * 1024 * 1024;

export interface ImportOptions {
  /** Where everything goes; without it, where each row says, or else to `default`. */
  readonly organization?: string;
  readonly mapping: FieldMapping;
  /** Whether rows keep the validation status and the use that they have, instead of being validated as if submitted now. */
  readonly keepStatus: boolean;
}

/** Called for each record that was not imported in full, in the order of the file within an organization. */
export type Reject = (record: AnyRecord, reason: string) => Promise<void>;

/** A record that was imported in part counts twice: as imported and as rejected. */
export interface ImportSummary {
  readonly imported: number;
  /** Were imported, or submitted, before. */
  readonly known: number;
  /** Were erased from this store, and stay so. */
  readonly erased: number;
  readonly rejected: number;
}

/**
 * Imports rows in the order in which they come; what is wrong with one is told, and the others are stored. Running it
 * again imports nothing twice, and finishes what a run before has left undone.
 * @throws {UnavailableError} if the store cannot be written; what was imported until then stays.
 */
export async function importRows(
  services: ValidationServices,
  records: AsyncIterable<AnyRecord>,
  options: ImportOptions,
  reject: Reject,
): Promise<ImportSummary> {
  const counts = { imported: 0, known: 0, erased: 0, rejected: 0 };
  const requestId = `import-${randomUUID()}`;

  async function refuse(record: AnyRecord, reason: string): Promise<void> {
    counts.rejected += 1;
    await reject(record, reason);
  }

  for await (const batch of inBatches(records)) {
    const byOrganization = new Map<string, NumberedRow[]>();
    for (const record of batch) {
      if (record.problem !== undefined) {
        await refuse(record, record.problem);
        continue;
      }
      try {
        const row = parseRow(record.text, options.mapping, services.now());
        const org = options.organization ?? row.organization ?? DEFAULT_ORGANIZATION;
        const rows = byOrganization.get(org) ?? [];
        rows.push({ record, row });
        byOrganization.set(org, rows);
      } catch (error) {
        if (!(error instanceof BadRowError)) throw error;
        await refuse(record, error.message);
      }
    }
    for (const [org, rows] of byOrganization) {
      for (const { record, fate, problems } of await storeRows(services, { sub: ACTOR, org, requestId }, rows, options)) {
        if (fate !== 'rejected') counts[fate] += 1;
        if (problems.length > 0) await refuse(record, problems.join('; '));
      }
    }
  }
  return counts;
}

async function* inBatches(records: AsyncIterable<AnyRecord>): AsyncGenerator<AnyRecord[], void> {
  let batch: AnyRecord[] = [];
  let characters = 0;
  for await (const record of records) {
    batch.push(record);
    characters += record.problem === undefined ? record.text.length : 0;
    if (batch.length < ROWS_AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
