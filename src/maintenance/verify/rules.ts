/** What an organization takes scores and tags for. */
import { keyPrefix, prefixRange } from '../../store/keys.js';
import { feedbackRulesKey } from '../../store/layout.js';
import { type Check, eachChunk, malformed, reportInconsistency } from './check.js';
import { isFeedbackRules, readRecord } from './shapes.js';

export async function checkRules(check: Check): Promise<void> {
  const { org } = check;
  await eachChunk(check, 'feedback_rules', prefixRange(keyPrefix('feedback_rules', org)), (entries) => {
    for (const { key, value } of entries) {
      if (key !== feedbackRulesKey(org)) {
        malformed(check, 'feedback_rules', key);
        continue;
      }
      const { problem } = readRecord(value, isFeedbackRules);
      if (problem !== undefined) reportInconsistency(check, 'feedback_rules', 'organization', problem);
    }
  });
}
