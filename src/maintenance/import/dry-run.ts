import type { EntryLimits } from '../../model/input.js';
import { isPreference } from '../../model/preference.js';
import { completeSubmission } from '../../model/submission.js';
import type { Validate } from '../../validation/contract.js';
import type { ImportTarget, RowOutcome } from '../import.js';

/**
 * Validates rows as an import would, and stores nothing. It does not know what is stored already, nor the rules of
 * organizations, by which scores decide a type.
 */
export function createDryRun(validate: Validate, organization: string, limits: EntryLimits): ImportTarget {
  return {
    take: async (rows) => {
      const outcomes: RowOutcome[] = [];
      for (const { record, row } of rows) {
        const submission = completeSubmission(
          isPreference(row.submission) ? row.submission : { type: 'positive', ...row.submission },
          limits,
          // Each row was checked when it was read.
          'any',
        );
        const { status } = await validate(submission, row.organization ?? organization);
        outcomes.push({ record, fate: 'created', status, problems: [] });
      }
      return outcomes;
    },
  };
}
