import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { answer, TAGS } from './openapi.js';
import { LinkFeedbackDocument, UnlinkFeedbackDocument } from './operations.generated.js';
import { entityTag, ifMatch } from './preconditions.js';
import { AdapterParameters, closed, EntryParameters } from './schemas.js';

const LinkBody = Type.Object(
  {
    adapter_id: Type.String({ description: 'Id of the adapter to link to; created if it does not exist.' }),
    metadata: Type.Optional(
      Type.Record(Type.String(), Type.Any(), { description: 'Properties of the link: at most 4 KiB of JSON.' }),
    ),
  },
  { ...closed, title: 'LinkRequest', 'x-examples': EXAMPLES.link },
);

const LinkAnswer = Type.Object(
  {
    type: Type.Literal('FEEDBACK_FOR', { description: 'Type of the edge.' }),
    feedback_id: Type.String({ description: 'Id of the linked entry.' }),
    adapter_id: Type.String({ description: 'Id of the adapter.' }),
    adapter_version: Type.Optional(
      Type.String({ description: 'Version of the adapter, if the submission named one.' }),
    ),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Any(), { description: 'Properties of the link.' })),
    created_at: Type.Integer({ description: 'Time the link was created, in epoch milliseconds.' }),
  },
  { title: 'FeedbackLink' },
);

const UnlinkAnswer = Type.Object(
  {
    feedback_id: Type.String({ description: 'Id of the entry.' }),
    adapter_id: Type.String({ description: 'Id of the adapter that the entry is no longer linked to.' }),
    version: Type.Integer({ description: 'Version number of the entry, incremented by the change.' }),
  },
  { title: 'FeedbackUnlinked' },
);

const LinkParameters = Type.Object({ ...EntryParameters.properties, ...AdapterParameters.properties });

/** Links between entries and adapters. */
export function linkRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    `${BASE}/:id/link`,
    {
      config: { failure: 'Failed to link feedback' },
      schema: {
        operationId: 'linkFeedback',
        summary: 'Link an entry to an adapter',
        description:
          'Links an entry to an adapter, creating the adapter if it does not exist. Linking them again replaces ' +
          'the metadata.',
        tags: [TAGS.adapters],
        params: EntryParameters,
        body: LinkBody,
        response: {
          200: answer(LinkAnswer, 'The link already existed; its metadata was replaced.', EXAMPLES.linked),
          201: answer(LinkAnswer, 'The link was created.', EXAMPLES.linked),
        },
        refusals: ['NOT_FOUND', 'GONE', 'CONFLICT'],
        entityTag: 'expected',
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { adapter_id: adapterId, metadata } = request.body;
      const { linkFeedback: linked } = await ifMatch(request, (expectedVersion) =>
        run(LinkFeedbackDocument, { id, adapterId, metadata: metadata ?? null, expectedVersion }, contextOf(request)),
      );
      const { edge } = linked;
      reply.header('etag', entityTag(linked.feedback.version));
      return reply.code(linked.created ? 201 : 200).send({
        type: 'FEEDBACK_FOR',
        feedback_id: id,
        adapter_id: adapterId,
        ...omitNullish({ adapter_version: edge.adapterVersion, metadata: edge.metadata }),
        created_at: edge.createdAt?.getTime() ?? 0,
      });
    },
  );

  application.delete(
    `${BASE}/:id/link/:adapter_id`,
    {
      config: { failure: 'Failed to unlink feedback' },
      schema: {
        operationId: 'unlinkFeedback',
        summary: 'Remove the link of an entry to an adapter',
        description:
          'Removes the link and its metadata; the adapter stays. The link to the adapter named in the submission cannot ' +
          'be removed, and without the permission `adapters:write` only links that the same `sub` made can.',
        tags: [TAGS.adapters],
        params: LinkParameters,
        response: { 200: answer(UnlinkAnswer, 'The link was removed.', EXAMPLES.unlinked) },
        refusals: ['NOT_FOUND', 'GONE', 'CONFLICT'],
        entityTag: 'expected',
      },
    },
    async (request, reply) => {
      const { id, adapter_id: adapterId } = request.params;
      const { unlinkFeedback: entry } = await ifMatch(request, (expectedVersion) =>
        run(UnlinkFeedbackDocument, { id, adapterId, expectedVersion }, contextOf(request)),
      );
      reply.header('etag', entityTag(entry.version));
      return { feedback_id: id, adapter_id: adapterId, version: entry.version };
    },
  );
}
