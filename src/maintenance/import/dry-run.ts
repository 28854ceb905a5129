import { ApiError } from '../../errors.js';
import type { Submission } from '../../model/submission.js';
import { checkSubmission } from '../../model/submission.js';
import type { Validate } from '../../validation/contract.js';
import { formatReason } from '../import-row.js';
import type { ImportTarget, NumberedRow, RowOutcome } from '../import.js';

/** Checks and validates rows as an import would, and stores nothing. What is stored already, it does not know. */
export function createDryRun(validate: Validate, organization: string): ImportTarget {
  const check = async ({ record, row }: NumberedRow): Promise<RowOutcome> => {
    const { submission } = row;
    const problem = problemOf(submission);
    if (problem !== undefined) return { record, fate: 'refused', problems: [problem] };
    const { status } = await validate(submission, row.organization ?? organization);
    return { record, fate: 'created', status, problems: [] };
  };
  return {
    take: async (rows) => {
      const outcomes: RowOutcome[] = [];
      for (const each of rows) outcomes.push(await check(each));
      return outcomes;
    },
  };
}

function problemOf(submission: Submission): string | undefined {
  try {
    checkSubmission(submission);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return formatReason(error);
    throw error;
  }
}
