import { InvalidInputError } from '../errors.js';
import { type Idempotency, once } from '../feedback/idempotency.js';
import { adapterIdProblem, checkField, idProblem } from '../feedback/input.js';
import type { Actor } from '../feedback/journal.js';
import { present } from '../present.js';
import type { Store, Transaction } from '../store/contract.js';
import { type Adapter, ensureAdapters, findAdapter, saveAdapter } from './adapters.js';
import { MAX_PARENTS, parentsOf, replaceParents } from './lineage.js';

export interface AdapterRegistration {
  readonly id: string;
  readonly version?: string;
  readonly baseModel?: string;
  /**
   * Replaces what the adapter is derived from; without it that stays as it is, and an adapter that has no parents yet
   * is derived from its base model.
   */
  readonly derivedFrom?: readonly string[];
}

/**
 * Registers an adapter, or updates what is given of one that is known. Parents that are not known yet are created.
 * @throws {InvalidInputError}; {@link ApiError} CONFLICT if the adapter would become its own ancestor.
 */
export async function registerAdapter(
  { store, now }: { readonly store: Store; readonly now: () => number },
  actor: Actor,
  registration: AdapterRegistration,
  idempotency?: Idempotency,
): Promise<Adapter> {
  const { id, version, baseModel, derivedFrom } = registration;
  checkField('id', id, adapterIdProblem);
  checkField('version', version, idProblem);
  checkField('baseModel', baseModel, adapterIdProblem);
  for (const parent of derivedFrom ?? []) checkField('derivedFrom', parent, adapterIdProblem);
  if (new Set(derivedFrom).size > MAX_PARENTS) {
    throw new InvalidInputError([{ field: 'derivedFrom', problem: `must name at most ${MAX_PARENTS} adapters` }]);
  }

  const register = async (transaction: Transaction): Promise<void> => {
    const at = now();
    const before = await findAdapter(transaction, actor.org, id);
    const known = derivedFrom ?? (await parentsOf(transaction, actor.org, id));
    const parents = derivedFrom === undefined && known.length === 0 && baseModel !== undefined ? [baseModel] : known;
    await replaceParents(transaction, actor.org, id, parents, { createdAt: at, createdBy: actor.sub });
    await ensureAdapters(transaction, actor, new Set(parents), at);
    saveAdapter(
      transaction,
      actor,
      before,
      {
        id,
        ...present({ version, baseModel }),
      },
      'adapter.register',
      at,
    );
  };
  await store.transact((transaction) =>
    once(transaction, idempotency, async () => {
      await register(transaction);
      return null;
    }),
  );
  const adapter = await store.read((reader) => findAdapter(reader, actor.org, id));
  if (adapter === undefined) throw new Error('A registered adapter is missing');
  return adapter;
}
