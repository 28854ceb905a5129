import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { checkChain } from '../../audit/chain.js';
import { type AuditFilter, auditPage } from '../../audit/log.js';
import { getFeedback } from '../../feedback/read.js';
import { versionPage } from '../../feedback/versions.js';
import type { Feedback } from '../../model/feedback.js';
import { checkField, idProblem } from '../../model/input.js';
import { omitNullish } from '../../omit-nullish.js';
import type { RequestContext } from '../context.js';
import { createCursors } from '../cursors.js';
import { checkPageSize, PageArguments, toPageInfo } from '../types/connection.js';
import { FeedbackNode, toContent } from '../types/feedback.js';
import {
  AuditChainCheckNode,
  AuditEventConnection,
  AuditFilterInput,
  type FeedbackVersion,
  FeedbackVersionConnection,
} from '../types/history.js';

@Resolver(() => FeedbackNode)
export class HistoryResolver {
  @FieldResolver(() => FeedbackVersionConnection, { description: 'All versions of the entry, newest first.' })
  versions(
    @Root() { id }: FeedbackNode,
    @Args(() => PageArguments) { first, after }: PageArguments,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): InstanceType<typeof FeedbackVersionConnection> {
    const cursors = createCursors([org, 'versions', id]);
    const before = after === undefined || after === null ? undefined : Number(cursors.decode(after));
    const limit = checkPageSize(first);
    const current = async (): Promise<Feedback> => {
      const feedback = await loaders.feedback.load(id);
      if (feedback === undefined) throw new Error('A feedback entry is missing');
      return feedback;
    };
    return new FeedbackVersionConnection({
      continued: before !== undefined,
      page: async () => {
        const newest = await current();
        const page = await loaders.batchedRead((reader) => versionPage(reader, org, newest, limit, before));
        const edges = page.versions.map((version) => ({
          cursor: cursors.encode(String(version.version)),
          node: toVersion(version),
        }));
        return { edges, hasNext: page.hasNext };
      },
      total: async () => (await current()).version,
    });
  }

  @FieldResolver(() => AuditEventConnection, {
    description: 'Audit events of the entry, newest first.',
  })
  audit(
    @Root() { id }: FeedbackNode,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: RequestContext,
  ): Promise<AuditEventConnection> {
    return auditConnection(context, { node: id }, page);
  }

  @FieldResolver(() => AuditChainCheckNode, {
    description: 'Checks the chain of the audit events of the entry.',
  })
  async auditChain(
    @Root() { id }: FeedbackNode,
    @Ctx() { loaders, actor: { org } }: RequestContext,
  ): Promise<AuditChainCheckNode> {
    // The record and its events are of one moment: an event that was written in between would not be in the record.
    const { chain, check } = await loaders.batchedRead(async (reader) => {
      const { audit } = await getFeedback(reader, org, id);
      return { chain: audit, check: await checkChain(reader, org, id, audit) };
    });
    const { problem, checked } = check;
    return {
      isIntact: problem === undefined,
      ...omitNullish({ problem }),
      checkedCount: checked,
      length: chain.length,
    };
  }

  @Query(() => AuditEventConnection, {
    description: 'Audit events of the organization, newest first.',
  })
  auditLog(
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => AuditFilterInput, { nullable: true, description: 'Filter applied to the list.' })
    filter: AuditFilterInput | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<AuditEventConnection> {
    const { node, actor, action, since, until } = filter ?? {};
    checkField('node', node ?? undefined, idProblem);
    const given = omitNullish({ node, actor, action, since: since?.getTime(), until: until?.getTime() });
    return auditConnection(context, given, page);
  }
}

function toVersion(feedback: Feedback): FeedbackVersion {
  return Object.assign(toContent(feedback), { feedbackId: feedback.id });
}

async function auditConnection(
  { loaders, actor: { org } }: RequestContext,
  filter: AuditFilter,
  { first, after }: PageArguments,
): Promise<AuditEventConnection> {
  const cursors = createCursors([org, 'audit', filter]);
  const lastId = after === undefined || after === null ? undefined : cursors.decode(after);
  const limit = checkPageSize(first);
  const page = await loaders.batchedRead((reader) => auditPage(reader, org, filter, limit, lastId));
  const edges = page.events.map((node) => ({ cursor: cursors.encode(node.id), node }));
  // A filtered page ends at the last event that was looked at, which need not be on it.
  const end = page.last === undefined ? null : cursors.encode(page.last);
  return { edges, pageInfo: toPageInfo(edges, page.hasNext, lastId !== undefined, end) };
}
