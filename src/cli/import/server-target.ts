/** Imports into a running server, over REST: batches that fit its limits, known again by their external ids. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject } from '../../is-json-object.js';
import type { ImportRow } from '../../maintenance/import-row.js';
import type { ImportTarget, NumberedRow, RowOutcome } from '../../maintenance/import.js';
import { type ValidationStatus, VALIDATION_STATUSES } from '../../model/facets.js';
import { FIELDS } from '../../model/feedback-fields.js';
import { namedAdapters } from '../../model/preference.js';
import { CommandError, EXIT } from '../terminal.js';
import { describeRefusal, type LimitState, type Send } from './batch-client.js';

/** Characters of one batch: half of what a server with default settings takes. */
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024;

const BASE = '/api/v1/llm/feedback';

export function createServerTarget(send: Send, wait: (milliseconds: number) => Promise<unknown> = sleep): ImportTarget {
  let limit: LimitState | undefined;

  /** Sends the first of these rows, as many as the server takes at once; tells how many that were. */
  async function takeSome(rows: readonly NumberedRow[], most: number): Promise<readonly RowOutcome[]> {
    if (limit?.remaining === 0) {
      await wait(limit.resetMilliseconds);
      limit = undefined;
    }
    const batch = fitting(rows, Math.min(most, limit?.remaining ?? rows.length));
    const answer = await send(
      `${BASE}/batch`,
      `{"keep_revised":true,"feedback":[${batch.map(({ body }) => body).join(',')}]}`,
    );
    limit = answer.limit;
    switch (answer.status) {
      case 200:
      case 201:
      case 207: {
        const results = answer.body['results'];
        const list: readonly unknown[] = Array.isArray(results) ? results : [];
        return batch.map(({ each }, index) => toOutcome(each, list[index]));
      }
      case 429:
        // With what is left of the limit, or at the latest when it is reset.
        if (limit === undefined) await wait(1_000);
        return [];
      default: {
        // One of them, or all of them together, is too much.
        if (batch.length > 1) return takeSome(rows, Math.floor(batch.length / 2));
        return batch.map(({ each }) => ({ record: each.record, fate: 'refused', problems: [describeRefusal(answer)] }));
      }
    }
  }

  return {
    take: async (rows) => {
      const outcomes: RowOutcome[] = [];
      while (outcomes.length < rows.length)
        outcomes.push(...(await takeSome(rows.slice(outcomes.length), rows.length)));
      return outcomes;
    },
  };
}

/** The first rows, up to so many of them and so many characters, with their bodies; at least one. */
function fitting(rows: readonly NumberedRow[], most: number): { readonly each: NumberedRow; readonly body: string }[] {
  const batch: { readonly each: NumberedRow; readonly body: string }[] = [];
  let characters = 0;
  for (const each of rows.slice(0, Math.max(1, most))) {
    const body = JSON.stringify(toBody(each.row));
    characters += body.length;
    if (batch.length > 0 && characters > MAX_BATCH_CHARACTERS) break;
    batch.push({ each, body });
  }
  return batch;
}

function toBody({ submission, createdAt, fallbackId }: ImportRow): object {
  const fields = FIELDS.flatMap(({ name, rest, kind }) => {
    const value = submission[name];
    return value === undefined ? [] : [[rest, kind.wire === undefined ? value : kind.wire.write(value)] as const];
  });
  return {
    external_id: fallbackId,
    ...(createdAt === undefined ? {} : { created_at: createdAt }),
    ...Object.fromEntries(fields),
  };
}

function toOutcome({ record, row }: NumberedRow, result: unknown): RowOutcome {
  if (!isJsonObject(result) || typeof result['status'] !== 'number') {
    throw new CommandError('The response of the server has no result for each row', EXIT.failure);
  }
  const { status } = result;
  if (status >= 400) return { record, fate: 'refused', problems: [describeRefusal({ status, body: result })] };
  const validated = VALIDATION_STATUSES.find((each) => each === result['validation_status']);
  const own = namedAdapters(row.submission);
  const hasOtherLinks = row.links.some(({ adapterId, metadata }) => !own.includes(adapterId) || metadata !== undefined);
  const problems = hasOtherLinks ? ['The entry is stored without its links, which are imported into a store only'] : [];
  return { record, fate: toFate(result), status: validated satisfies ValidationStatus | undefined, problems };
}

function toFate({ status, updated }: Readonly<Record<string, unknown>>): RowOutcome['fate'] {
  if (updated === true) return 'updated';
  return status === 201 ? 'created' : 'unchanged';
}
