import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { StaleVersionError } from '../errors.js';
import { adapterIdProblem, checkField, throwIssues } from '../model/input.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Transaction } from '../store/contract.js';
import { type Adapter, type AdapterProperties, ensureAdapters, findAdapter, saveAdapter } from './adapters.js';
import { parentIssues, propertyIssues } from './input.js';
import { asParent, findParents, type Parent, replaceParents } from './lineage.js';

export interface AdapterRegistration extends AdapterProperties {
  readonly id: string;
  /**
   * Replaces what the adapter is derived from; without it that stays as it is, and an adapter that has no parents yet
   * is derived from its base model. By id alone, or with the kind of derivation.
   */
  readonly derivedFrom?: readonly (string | Parent)[];
  /** The revision that the adapter must be at; 0: it must not be known yet. */
  readonly expectedRevision?: number;
}

/**
 * Registers an adapter, or updates the given properties of a known one. Creates parents that are not known yet.
 * @throws {InvalidInputError}; {@link StaleVersionError}; {@link ApiError} CONFLICT if the adapter would become its own
 * ancestor.
 */
export async function registerAdapter(
  { store, now }: Pick<DomainServices, 'store' | 'now'>,
  actor: Actor,
  registration: AdapterRegistration,
  idempotency?: Idempotency,
): Promise<Adapter> {
  const { id, expectedRevision, version, baseModel, peftType, rank, loraAlpha, targetModules, datasets } = registration;
  const derivedFrom = registration.derivedFrom?.map(asParent);
  checkField('id', id, adapterIdProblem);
  throwIssues([
    ...propertyIssues('version', version),
    ...propertyIssues('baseModel', baseModel),
    ...propertyIssues('peftType', peftType),
    ...propertyIssues('rank', rank),
    ...propertyIssues('loraAlpha', loraAlpha),
    ...propertyIssues('targetModules', targetModules),
    ...propertyIssues('datasets', datasets),
    ...parentIssues(derivedFrom ?? []),
  ]);
  const properties = omitNullish({ version, baseModel, peftType, rank, loraAlpha, targetModules, datasets });

  const register = async (transaction: Transaction): Promise<void> => {
    const at = now();
    const before = await findAdapter(transaction, actor.org, id);
    expectRevision(id, before, expectedRevision);
    const known = derivedFrom ?? (await findParents(transaction, actor.org, id)).map((parent) => ({ id: parent }));
    const parents =
      derivedFrom === undefined && known.length === 0 && baseModel !== undefined ? [{ id: baseModel }] : known;
    await replaceParents(transaction, actor.org, id, parents, { createdAt: at, createdBy: actor.sub });
    await ensureAdapters(transaction, actor, new Set(parents.map((parent) => parent.id)), at);
    saveAdapter(transaction, actor, before, { id, ...properties }, 'adapter.register', at);
  };
  await store.transact((transaction) =>
    runIdempotent(transaction, idempotency, async () => {
      await register(transaction);
      return null;
    }),
  );
  const adapter = await store.read((reader) => findAdapter(reader, actor.org, id));
  if (adapter === undefined) throw new Error('A registered adapter is missing');
  return adapter;
}

/** @throws {StaleVersionError} if another revision is expected than the current one. */
export function expectRevision(id: string, adapter: Adapter | undefined, expected: number | undefined): void {
  const current = adapter?.revision ?? 0;
  if (expected === undefined || expected === current) return;
  const found = current === 0 ? 'is not registered yet' : `is at revision ${current}`;
  throw new StaleVersionError(`The adapter ${id} ${found}, not at revision ${expected}`);
}
