import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { adaptersById } from '../../adapters/lineage-lists.js';
import type { Walked } from '../../adapters/lineage-walk.js';
import { checkField, idProblem } from '../../model/input.js';
import { compareKeys } from '../../store/byte-order.js';
import { findBatches } from '../../training/batch.js';
import { adapterBom, type JsonDocument } from '../../training/documents/bom.js';
import { modelCard } from '../../training/documents/model-card.js';
import { trainedAdapters, trainedOn } from '../../training/provenance.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { AdapterNode } from '../types/adapter.js';
import { checkPageSize, PageArguments } from '../types/connection.js';
import { FeedbackNode } from '../types/feedback.js';
import { JSONObject } from '../types/json.js';
import {
  ModelCardNode,
  TrainedAdapterConnection,
  TrainedAdaptersArguments,
  TrainedOnConnection,
} from '../types/provenance.js';
import { toTrainingBatchNode } from '../types/training.js';

/** From adapters to what they learned from. */
@Resolver(() => AdapterNode)
export class AdapterProvenanceResolver {
  @FieldResolver(() => TrainedOnConnection, {
    description: 'Training batches the adapter was trained on, ordered by number.',
  })
  trainedOn(
    @Root() { id }: AdapterNode,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, services, actor: { org } }: RequestContext,
  ): InstanceType<typeof TrainedOnConnection> {
    const cursors = createCursors([org, 'trainedOn', id]);
    const last = after === undefined || after === null ? 0 : Number(cursors.decode(after));
    const limit = checkPageSize(first);
    return new TrainedOnConnection({
      continued: last > 0,
      page: async () => {
        const page = await loaders.batchedRead(async (reader) => {
          const rest = (await trainedOn(reader, org, id)).filter(({ number }) => number > last);
          const shown = rest.slice(0, limit);
          const batches = await findBatches(
            reader,
            org,
            shown.map(({ number }) => number),
          );
          return { shown, batches, hasNext: rest.length > limit };
        });
        return {
          edges: page.shown.flatMap((edge, index) => {
            const batch = page.batches[index];
            if (batch === undefined) return [];
            const cursor = cursors.encode(String(edge.number));
            return [{ ...edge, cursor, node: toTrainingBatchNode(batch, services.now()) }];
          }),
          hasNext: page.hasNext,
        };
      },
      total: async () => (await loaders.batchedRead((reader) => trainedOn(reader, org, id))).length,
    });
  }

  @Query(() => JSONObject, {
    description:
      'Bill of materials of an adapter (CycloneDX 1.7, ML-BOM): the adapter, at most 500 ancestors, and the training batches ' +
      'they learned from. Contains no entries and no names of users.',
  })
  adapterBom(
    @Arg('adapterId', () => ID, { description: 'Id of the adapter.' }) id: string,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): Promise<JsonDocument> {
    return loaders.longRead(['bom', id], (read) => read((reader) => adapterBom(reader, org, id)));
  }

  @Query(() => ModelCardNode, {
    description:
      "Text for an adapter's model card on a model hub: its base model, its training data, its evaluations, and a public " +
      'summary of the training content with the sections that the EU template asks of those who modify a model.',
  })
  modelCard(
    @Arg('adapterId', () => ID, { description: 'Id of the adapter.' }) adapterId: string,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): Promise<ModelCardNode> {
    checkField('adapterId', adapterId, idProblem);
    return loaders.batchedRead((reader) => modelCard(reader, org, adapterId));
  }
}

/** From feedback to who learned from it. */
@Resolver(() => FeedbackNode)
export class FeedbackProvenanceResolver {
  @FieldResolver(() => TrainedAdapterConnection, {
    description: 'Adapters that have learned from the entry, nearest first.',
  })
  trainedAdapters(
    @Root() { id }: FeedbackNode,
    @Args(() => TrainedAdaptersArguments) { first, after, descendants }: TrainedAdaptersArguments,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): InstanceType<typeof TrainedAdapterConnection> {
    const cursors = createCursors([org, 'trainedAdapters', id, descendants]);
    const last = after === undefined || after === null ? undefined : parseWalked(cursors.decode(after));
    const limit = checkPageSize(first);
    const direct = () => loaders.batchedRead((reader) => trainedAdapters(reader, org, id));
    const inherited = async (roots: readonly string[], page: { readonly first?: number; readonly after?: Walked }) =>
      Promise.all(
        roots.map((adapterId) => loaders.lineage.pages.load({ adapterId, direction: 'descendants', ...page })),
      );
    return new TrainedAdapterConnection({
      continued: last !== undefined,
      page: async () => {
        const roots = await direct();
        const isBehind = (entry: Walked): boolean => last === undefined || compareWalked(entry, last) > 0;
        const adapters = await loaders.batchedRead((reader) => adaptersById(reader, org, roots));
        const own = [...adapters.values()].map((node) => ({ node, depth: 0 }));
        const below = descendants
          ? await inherited(roots, {
              first: limit + 1,
              ...(last === undefined || last.depth === 0 ? {} : { after: last }),
            })
          : [];
        // Of what several have passed on, the nearest.
        const all = new Map([
          ...below
            .flatMap(({ entries }) => entries.map(({ adapter, depth }) => ({ node: adapter, depth })))
            .sort((one, other) => other.depth - one.depth)
            .map((entry) => [entry.node.id, entry] as const),
          ...own.map((entry) => [entry.node.id, entry] as const),
        ]);
        const rest = [...all.values()]
          .map((entry) => ({ ...entry, walked: { id: entry.node.id, depth: entry.depth } }))
          .filter(({ walked }) => isBehind(walked))
          .sort((one, other) => compareWalked(one.walked, other.walked));
        return {
          edges: rest.slice(0, limit).map(({ node, depth }) => ({
            cursor: cursors.encode(`${depth}:${node.id}`),
            node,
            depth,
          })),
          hasNext: rest.length > limit,
        };
      },
      total: async () => {
        const roots = await direct();
        const totals = descendants ? await inherited(roots, {}) : [];
        return totals.reduce((sum, { total }) => sum + total, roots.length);
      },
    });
  }
}

function parseWalked(text: string): Walked {
  const colon = text.indexOf(':');
  return { depth: Number(text.slice(0, colon)), id: text.slice(colon + 1) };
}

function compareWalked(one: Walked, other: Walked): number {
  return one.depth - other.depth || compareKeys(one.id, other.id);
}
