import { type Static, Type } from 'typebox';
import { ApiError } from '../errors.js';
import { MAX_BATCH } from '../feedback/submit.js';
import { listedBetween } from '../graphql/answer-body.js';
import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { countRequests } from '../http/guard.js';
import { requestContext } from '../http/request-context.js';
import type { ConsumeRequests } from '../http/request-limits.js';
import { createSchemaCompiler } from '../http/schema-validation.js';
import { DOCUMENTED_AS } from '../model/field-kinds.js';
import { mapYielding } from '../yield-to-event-loop.js';
import { sendJson } from './entry-reads.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { toSubmitInput } from './mapping.js';
import { answer, TAGS } from './openapi.js';
import type { SubmitFeedbackInput } from './operations.generated.js';
import { closed, ErrorAnswer, SubmitAnswer, SubmitBody } from './schemas.js';
import { refusalJson, submitMany } from './submissions.js';

/** A batch may be as large as this many single submissions at their limit. */
const BODIES_OF_A_BATCH = 32;

/** Each entry is checked on its own, so that one bad entry does not refuse the others. */
const BatchBody = Type.Object(
  {
    feedback: Type.Array(Type.Any({ [DOCUMENTED_AS]: 'Submission' }), {
      minItems: 1,
      maxItems: MAX_BATCH,
      description: 'Entries, each in the format of a single submission.',
    }),
    keep_revised: Type.Optional(
      Type.Boolean({
        description:
          'Whether to leave an entry alone that was revised or withdrawn since it said the same: for imports that are run again.',
      }),
    ),
  },
  { ...closed, title: 'BatchSubmission', 'x-examples': EXAMPLES.batch },
);

const BatchAnswer = Type.Object(
  {
    results: Type.Array(
      Type.Object(
        {
          status: Type.Integer({
            description: '201 or 200, or the status with which this entry would have been refused on its own.',
          }),
          ...Type.Partial(SubmitAnswer).properties,
          ...Type.Partial(ErrorAnswer).properties,
        },
        { title: 'BatchEntryResult' },
      ),
      { description: 'One result for each entry, in the order submitted.' },
    ),
    stored: Type.Integer({ description: 'Number of entries stored.' }),
  },
  { title: 'BatchResult' },
);

const START = Buffer.from('{"results":[');

/** `POST …/feedback/batch`: up to 1,000 entries in one commit, each validated on its own. */
export function batchRoute(
  application: Application,
  run: RunOperation,
  services: Services,
  consume: ConsumeRequests,
  bodyLimit: number,
): void {
  const check = createSchemaCompiler()({ schema: SubmitBody, method: 'POST', url: BASE, httpPart: 'body' });
  /** The entry, or what is wrong with its shape. */
  const parse = (entry: unknown): SubmitFeedbackInput | ApiError => {
    const checked: unknown = check(entry);
    if (typeof checked === 'object' && checked !== null && 'error' in checked && checked.error instanceof ApiError) {
      return checked.error;
    }
    // The schema has just been checked.
    return toSubmitInput(entry as Static<typeof SubmitBody>);
  };

  application.post(
    `${BASE}/batch`,
    {
      bodyLimit: bodyLimit * BODIES_OF_A_BATCH,
      config: { failure: 'Failed to store feedback', bodyInPieces: true },
      schema: {
        operationId: 'submitFeedbackBatch',
        summary: 'Submit many entries',
        description:
          'Submits up to 1,000 entries, each validated independently and counted as one request. All valid ' +
          'entries are stored in one commit.',
        tags: [TAGS.feedback],
        body: BatchBody,
        response: {
          201: answer(BatchAnswer, 'All entries were stored.', EXAMPLES.batchStored),
          207: answer(
            BatchAnswer,
            'Some entries were refused; each result gives the status and the reason.',
            EXAMPLES.batchMixed,
          ),
        },
      },
    },
    async (request, reply) => {
      const parsed = await mapYielding(request.body.feedback, parse);
      // A batch of n entries counts as n requests (docs/api.md, "Submit many entries"); the first is already counted.
      await countRequests(request, reply, consume, parsed.length - 1);
      const input = parsed.flatMap((entry) => (entry instanceof ApiError ? [] : [entry]));
      const variables = { input, keepRevised: request.body.keep_revised ?? null };
      const { pieces, stored } = await run(submitMany, variables, requestContext(request, services));
      const outcomes = pieces.values();
      const results = await mapYielding(parsed, (entry) => {
        const result = entry instanceof ApiError ? refusalJson(entry) : outcomes.next().value;
        if (result === undefined) throw new Error('An entry of a batch has no result');
        return result;
      });
      const body = listedBetween(START, results, Buffer.from(`],"stored":${stored}}`));
      return sendJson(reply.code(stored === results.length ? 201 : 207), body);
    },
  );
}
