/** The earlier versions of a feedback entry: all there, and each made of the one after it. */
import { applyReverseDelta, fromStoredDelta, isStoredDelta } from '../../feedback/reverse-delta.js';
import type { Feedback } from '../../model/feedback.js';
import type { FeedbackBundle } from './bundles.js';
import { type Check, reportInconsistency } from './check.js';
import { isFeedback, readRecord } from './shapes.js';

/** Reports the newest version that is not right; what is before it cannot be read any more. */
export function checkVersions(check: Check, current: Feedback, { versions }: FeedbackBundle): void {
  const problem = versionProblem(current, versions);
  if (problem !== undefined) reportInconsistency(check, 'help_feedback_version', current.id, problem);
}

function versionProblem(current: Feedback, versions: FeedbackBundle['versions']): string | undefined {
  const byNumber = new Map(versions.map((version) => [version.number, version.value]));
  const strange = versions.find(({ number }) => number < 1 || number >= current.version);
  if (strange !== undefined) {
    return `has an earlier version ${strange.number}, but the current one is ${current.version}`;
  }
  let after = current;
  for (let number = current.version - 1; number >= 1; number--) {
    const stored = byNumber.get(number);
    if (stored === undefined) return `is at version ${current.version}, but its version ${number} is missing`;
    const { record, problem } = readRecord(stored, isStoredDelta);
    if (record === undefined) return `has a version ${number} that ${problem}`;
    const before = applyReverseDelta(after, fromStoredDelta(record));
    if (!isFeedback(before) || before.id !== current.id || before.version !== number) {
      return `has a version ${number} that does not fit the one after it`;
    }
    if (before.audit.length >= after.audit.length) {
      return `has a version ${number} with as many audit events as the one after it`;
    }
    after = before;
  }
  return undefined;
}
