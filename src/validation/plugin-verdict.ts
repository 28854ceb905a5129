/** Checks the result of a plugin before it is used: a plugin may be anybody's code. */
import { isJsonObject } from '../is-json-object.js';
import { conversationProblem } from '../model/conversation-problem.js';
import { type ChatMessage, normalizeConversation } from '../model/conversation.js';
import { TEXT_FIELDS } from '../model/submission.js';
import { type Fingerprint, MAX_DATA_BYTES, type PluginData, type PluginVerdict, type TextChanges } from './contract.js';

/** A result that is not a verdict. The message completes a sentence about the plugin and contains no texts of users. */
export class NonsenseError extends Error {
  override readonly name = 'NonsenseError';
}

const VERDICTS: readonly PluginVerdict['verdict'][] = ['accept', 'flag', 'reject', 'modify'];
const MAX_REASONS = 20;
const MAX_REASON_LENGTH = 500;
/** Room for what replaces a text of the largest size; Unicode units. */
const MAX_TEXT_LENGTH = 4_000_000;
const CHANGEABLE: readonly string[] = [...TEXT_FIELDS, 'messages', 'candidates'];
/** What the texts that came were bounded by says nothing of those that replace them. */
const UNBOUNDED = { textCharacters: MAX_TEXT_LENGTH, entryBytes: Infinity };

/** @throws {NonsenseError} naming what is wrong with it. */
export function parseVerdict(answer: unknown): PluginVerdict {
  if (!isJsonObject(answer)) throw new NonsenseError('did not return an object');
  const verdict = VERDICTS.find((each) => each === answer.verdict);
  if (verdict === undefined) throw new NonsenseError(`returned a verdict other than ${VERDICTS.join(', ')}`);
  const needsReason = verdict === 'flag' || verdict === 'reject';
  const { confidence, data, changes, fingerprint } = answer;
  if (confidence !== undefined && !(typeof confidence === 'number' && confidence >= 0 && confidence <= 1)) {
    throw new NonsenseError('returned a confidence that is not a number from 0 to 1');
  }
  return {
    verdict,
    ...(needsReason ? { reasons: parseReasons(answer.reasons) } : {}),
    ...(confidence === undefined ? {} : { confidence }),
    ...(data === undefined ? {} : { data: parseData(data) }),
    ...(verdict === 'modify' ? { changes: parseChanges(changes) } : {}),
    ...(fingerprint === undefined ? {} : { fingerprint: parseFingerprint(fingerprint) }),
  };
}

function parseReasons(reasons: unknown): string[] {
  const texts = Array.isArray(reasons) ? reasons.filter((each) => typeof each === 'string') : [];
  if (texts.length === 0) throw new NonsenseError('gave no reason for its verdict');
  return texts.slice(0, MAX_REASONS).map((text) => text.slice(0, MAX_REASON_LENGTH).toWellFormed());
}

function parseData(data: unknown): PluginData {
  let json: string | undefined;
  try {
    json = isJsonObject(data) ? JSON.stringify(data) : undefined;
  } catch {
    // Said below: a cycle, or a bigint.
  }
  if (json === undefined || Buffer.byteLength(json) > MAX_DATA_BYTES) {
    throw new NonsenseError(`returned data that is not an object of at most ${MAX_DATA_BYTES} bytes of JSON`);
  }
  return JSON.parse(json.toWellFormed()) as PluginData;
}

function parseChanges(changes: unknown): TextChanges {
  if (!isJsonObject(changes)) throw new NonsenseError('returned modify without changes');
  const entries = Object.entries(changes).filter(([, text]) => text !== undefined);
  for (const [field, text] of entries) {
    if (!CHANGEABLE.includes(field)) throw new NonsenseError(`changed a field other than ${CHANGEABLE.join(', ')}`);
    if (field === 'messages') {
      if (conversationProblem(text, UNBOUNDED) === undefined) continue;
      throw new NonsenseError('changed the messages to what is no conversation');
    }
    if (field === 'candidates') {
      if (Array.isArray(text) && text.every((each) => isJsonObject(each) && isText(each.answer))) continue;
      throw new NonsenseError('changed the candidates to values that are not answers');
    }
    if (!isText(text)) {
      throw new NonsenseError(`changed the ${field} to a value that is not allowed`);
    }
  }
  return Object.fromEntries(
    entries.map(([field, value]) => [
      field,
      // Checked above.
      field === 'messages' ? normalizeConversation(value as readonly ChatMessage[]) : value,
    ]),
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT_LENGTH && value.isWellFormed();
}

function parseFingerprint(fingerprint: unknown): Fingerprint {
  if (isJsonObject(fingerprint)) {
    const { value, window } = fingerprint;
    const isWindow = typeof window === 'number' && Number.isFinite(window) && window > 0;
    if (typeof value === 'string' && /^[\w-]{16,64}$/.test(value) && isWindow) return { value, window };
  }
  throw new NonsenseError('returned a fingerprint without a value of 16 to 64 characters or without a window');
}
