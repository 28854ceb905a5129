import type { Actor } from '../audit/events.js';
import type { Idempotency } from '../audit/idempotency.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Adapter } from './adapters.js';
import { type AdapterFiles, readAdapterFiles } from './import/adapter-files.js';
import { registerAdapter } from './register.js';

export interface AdapterImport extends AdapterFiles {
  readonly id: string;
  readonly version?: string;
  /** As of a registration. */
  readonly expectedRevision?: number;
}

export interface ImportedAdapter {
  readonly adapter: Adapter;
  /** What was decided in reading the files, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Registers an adapter with what the files of its training say. Parents that the files name replace those that it had;
 * files that name none leave them as they are.
 * @throws {InvalidInputError} naming file and field, and what `registerAdapter` throws.
 */
export async function importAdapter(
  services: Pick<DomainServices, 'store' | 'now'>,
  actor: Actor,
  { id, version, expectedRevision, ...files }: AdapterImport,
  idempotency?: Idempotency,
): Promise<ImportedAdapter> {
  const { properties, parents, notes } = readAdapterFiles(files);
  const derivedFrom = parents.length === 0 ? undefined : parents;
  const registration = { id, ...properties, ...omitNullish({ version, derivedFrom, expectedRevision }) };
  return { adapter: await registerAdapter(services, actor, registration, idempotency), notes };
}
