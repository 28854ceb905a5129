/** What documents say of an adapter: what it comes from, what it was trained on, and what was measured of it. */
import { type Adapter, findAdapter } from '../../adapters/adapters.js';
import { type Evaluation, newestEvaluations } from '../../adapters/evaluations.js';
import { lineageSubgraphs } from '../../adapters/lineage-lists.js';
import { idProblem } from '../../model/input.js';
import type { Reader } from '../../store/contract.js';
import { type AllocatedBatch, findBatches, MAX_TRAINED_ON } from '../batch.js';
import { trainedOn } from '../provenance.js';

/** The most ancestors, nearest first. */
export const MAX_ANCESTORS_TOLD = 500;
/** The most training batches of an adapter and these together, nearest first. */
export const MAX_BATCHES_TOLD = MAX_TRAINED_ON;
/** How many adapters are asked for their batches at once. */
const ADAPTERS_AT_ONCE = 32;

export interface LineageFacts {
  readonly adapter: Adapter;
  /** Nearest first. */
  readonly ancestors: readonly Adapter[];
  readonly derivations: readonly { readonly childId: string; readonly parentId: string }[];
  /** The numbers of the batches that each of them was trained on, ascending. */
  readonly batchesOf: ReadonlyMap<string, readonly number[]>;
  /** By number, ascending. Those with numbers of callers have no counts, and are left out. */
  readonly batches: readonly AllocatedBatch[];
  /** The newest of each metric on each dataset, of the version of the adapter that is registered. */
  readonly evaluations: readonly Evaluation[];
  readonly hasMoreAncestors: boolean;
  readonly hasMoreBatches: boolean;
}

/** @returns undefined if there is no such adapter */
export async function lineageFacts(reader: Reader, org: string, adapterId: string): Promise<LineageFacts | undefined> {
  const adapter = idProblem(adapterId) === undefined ? await findAdapter(reader, org, adapterId) : undefined;
  if (adapter === undefined) return undefined;
  const first = MAX_ANCESTORS_TOLD + 1;
  const visits = { most: Infinity, limit: Infinity };
  const [lineage] = await lineageSubgraphs(reader, org, [{ adapterId, directions: ['ancestors'], first }], visits);
  const { nodes = [], edges = [], truncated = false } = lineage ?? {};
  const ancestors = nodes.filter(({ depth }) => depth > 0).map((node) => node.adapter);
  const told = new Set([adapterId, ...ancestors.map(({ id }) => id)]);
  const training = await trainingOf(reader, org, [...told]);
  return {
    adapter,
    ancestors,
    // A damaged store may name parents that are gone.
    derivations: edges.filter(({ childId, parentId }) => told.has(childId) && told.has(parentId)),
    ...training,
    evaluations: (await newestEvaluations(reader, org, adapterId)).filter(
      ({ adapterVersion }) => adapterVersion === adapter.version,
    ),
    hasMoreAncestors: truncated,
  };
}

async function trainingOf(
  reader: Reader,
  org: string,
  adapters: readonly string[],
): Promise<Pick<LineageFacts, 'batchesOf' | 'batches' | 'hasMoreBatches'>> {
  const told = new Map<string, readonly number[]>();
  const numbers = new Set<number>();
  let hasMoreBatches = false;
  for (let from = 0; from < adapters.length && !hasMoreBatches; from += ADAPTERS_AT_ONCE) {
    const some = adapters.slice(from, from + ADAPTERS_AT_ONCE);
    const edges = await Promise.all(some.map((id) => trainedOn(reader, org, id)));
    for (const [index, id] of some.entries()) {
      const own = (edges[index] ?? []).map(({ number }) => number);
      const kept = own.filter((number) => {
        if (numbers.size < MAX_BATCHES_TOLD) numbers.add(number);
        return numbers.has(number);
      });
      hasMoreBatches ||= kept.length < own.length;
      told.set(id, kept);
    }
  }
  const found = await findBatches(
    reader,
    org,
    [...numbers].sort((one, other) => one - other),
  );
  const batches = found.filter((batch) => batch !== undefined && batch.state !== 'external');
  const known = new Set(batches.map(({ number }) => number));
  const batchesOf = new Map([...told].map(([id, own]) => [id, own.filter((number) => known.has(number))]));
  return { batchesOf, batches, hasMoreBatches };
}

/** The time of the newest of the facts, epoch ms: a document of the same facts is the same, whenever it is made. */
export function factsTime({ adapter, ancestors, batches, evaluations }: LineageFacts): number {
  const times = [
    ...[adapter, ...ancestors].map(({ updatedAt, stageChangedAt = 0 }) => Math.max(updatedAt, stageChangedAt)),
    ...batches.map(({ updatedAt }) => updatedAt),
    ...evaluations.map(({ createdAt }) => createdAt),
  ];
  return times.reduce((one, other) => Math.max(one, other), 0);
}
