import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Services } from '../graphql/context.js';
import type { Application } from '../http/application.js';
import { RequestSchemaError } from '../http/error-body.js';
import { requirePrincipal } from '../http/guard.js';
import { exportPerson, type PersonRow } from '../maintenance/people/export-person.js';
import { idProblem } from '../model/input.js';
import { startStretches } from '../yield-to-event-loop.js';
import { createSingleDownloads } from './download.js';
import { TAGS } from './openapi.js';

/** About how many characters are sent in one piece. */
const PIECE_CHARACTERS = 64 * 1024;

/** What people may ask to see about themselves. */
export function peopleRoutes(
  application: Application,
  services: Pick<Services, 'store' | 'keyedHash' | 'accessTrail'>,
): void {
  /** By organization, as each export reads all audit events. */
  const exports = createSingleDownloads<string>(application);

  application.get(
    '/api/v1/llm/users/:id/export',
    {
      config: { failure: 'Failed to export the user' },
      exposeHeadRoute: false,
      schema: {
        operationId: 'exportUser',
        summary: 'Export everything about a user',
        description:
          'Exports everything about one person as JSON Lines: the entries under their `user_id` or submitted with their ' +
          '`sub`, with links and all versions, and the reviews, links and audit events of their own actions. The `kind` of a ' +
          'line is `entry`, `version`, `review`, `link` or `audit_event`. The file of an unknown user is empty.',
        tags: [TAGS.maintenance],
        params: Type.Object({
          id: Type.String({ description: 'The `user_id` or `sub` of the person, percent-encoded.' }),
        }),
        response: {
          200: {
            description: 'The complete file.',
            content: { 'application/jsonl': { schema: Type.Unsafe<Readable>({}) } },
          },
        },
        refusals: ['CONFLICT'],
      },
    },
    async (request, reply) => {
      const { org, sub } = requirePrincipal(request);
      const { id } = request.params;
      const problem = idProblem(id);
      if (problem !== undefined) throw new RequestSchemaError([{ field: 'id', problem }]);
      const stream = await exports.begin(
        org,
        'An export of a user of this organization is already running',
        toLines(exportPerson(services, org, id)),
        async () => {
          const actor = { sub, org, requestId: request.id };
          await services.accessTrail?.record(actor, 'person.export', { user: services.keyedHash(org, id) });
        },
      );
      return reply
        .type('application/jsonl')
        .header('content-disposition', 'attachment; filename="user.jsonl"')
        .send(stream);
    },
  );
}

async function* toLines(rows: AsyncIterable<PersonRow>): AsyncGenerator<Buffer, void> {
  const { shouldYield, yieldToEventLoop } = startStretches();
  let lines = '';
  for await (const row of rows) {
    lines += `${JSON.stringify(row)}\n`;
    if (shouldYield()) await yieldToEventLoop();
    if (lines.length < PIECE_CHARACTERS) continue;
    yield Buffer.from(lines);
    lines = '';
  }
  if (lines !== '') yield Buffer.from(lines);
}
