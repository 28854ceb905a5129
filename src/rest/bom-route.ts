import { Type } from 'typebox';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { BOM_MEDIA_TYPE } from '../training/documents/bom.js';
import { ADAPTERS } from './adapter-routes.js';
import { AdapterIdParameters } from './adapter-schemas.js';
import { TAGS } from './openapi.js';
import { GetAdapterBomDocument } from './operations.generated.js';

/** The form is the standard's own. */
const BomAnswer = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: true,
  title: 'CycloneDxBom',
});

const [JSON_TYPE = BOM_MEDIA_TYPE] = BOM_MEDIA_TYPE.split(';');

/** The bill of materials of an adapter. */
export function bomRoute(application: Application, run: RunOperation, services: Services): void {
  application.get(
    `${ADAPTERS}/:id/bom`,
    {
      config: { failure: 'Failed to make the bill of materials' },
      schema: {
        operationId: 'getAdapterBom',
        summary: 'Retrieve the bill of materials of an adapter',
        description:
          'Returns the bill of materials of an adapter (CycloneDX 1.7, ML-BOM): the adapter, at most 500 ancestors, and the ' +
          'training batches they learned from. Contains no entries and no names of users. The same state gives the same ' +
          'document.',
        tags: [TAGS.adapters],
        params: AdapterIdParameters,
        response: { 200: { description: 'The bill of materials.', content: { [JSON_TYPE]: { schema: BomAnswer } } } },
        refusals: ['NOT_FOUND'],
      },
    },
    async (request, reply) => {
      const context = requestContext(request, services);
      const { adapterBom } = await run(GetAdapterBomDocument, { id: request.params.id }, context);
      return reply.type(BOM_MEDIA_TYPE).send(adapterBom);
    },
  );
}
