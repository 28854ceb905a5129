/** What a plugin answers is checked before anything is done with it: it may be anybody's code. */
import { TEXT_FIELDS } from '../model/submission.js';
import { type Fingerprint, MAX_DATA_BYTES, type PluginData, type PluginVerdict, type TextChanges } from './contract.js';

/** An answer that is no verdict; the message is the rest of a sentence about the plugin, without texts of users. */
export class NonsenseError extends Error {
  override readonly name = 'NonsenseError';
}

const VERDICTS: readonly PluginVerdict['verdict'][] = ['accept', 'flag', 'reject', 'modify'];
const MAX_REASONS = 20;
const MAX_REASON_LENGTH = 500;
/** Room for what replaces a text of the largest size; Unicode units. */
const MAX_TEXT_LENGTH = 40_000;

/** @throws {NonsenseError} naming what is wrong with it. */
export function parseVerdict(answer: unknown): PluginVerdict {
  if (!isObject(answer)) throw new NonsenseError('answered no object');
  const verdict = VERDICTS.find((each) => each === answer.verdict);
  if (verdict === undefined) throw new NonsenseError(`answered a verdict that is none of ${VERDICTS.join(', ')}`);
  const needsReason = verdict === 'flag' || verdict === 'reject';
  const { confidence, data, changes, fingerprint } = answer;
  if (confidence !== undefined && !(typeof confidence === 'number' && confidence >= 0 && confidence <= 1)) {
    throw new NonsenseError('answered a confidence that is no number from 0 to 1');
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
    json = isObject(data) ? JSON.stringify(data) : undefined;
  } catch {
    // Said below: a cycle, or a bigint.
  }
  if (json === undefined || Buffer.byteLength(json) > MAX_DATA_BYTES) {
    throw new NonsenseError(`answered data that is no object of at most ${MAX_DATA_BYTES} bytes of JSON`);
  }
  return JSON.parse(json.toWellFormed()) as PluginData;
}

function parseChanges(changes: unknown): TextChanges {
  if (!isObject(changes)) throw new NonsenseError('answered modify without changes');
  const entries = Object.entries(changes).filter(([, text]) => text !== undefined);
  for (const [field, text] of entries) {
    if (!(TEXT_FIELDS as readonly string[]).includes(field)) {
      throw new NonsenseError(`changed a field that is none of ${TEXT_FIELDS.join(', ')}`);
    }
    if (typeof text !== 'string' || text.trim() === '' || text.length > MAX_TEXT_LENGTH || !text.isWellFormed()) {
      throw new NonsenseError(`changed the ${field} into something that is not allowed there`);
    }
  }
  return Object.fromEntries(entries);
}

function parseFingerprint(fingerprint: unknown): Fingerprint {
  if (isObject(fingerprint)) {
    const { value, window } = fingerprint;
    const isWindow = typeof window === 'number' && Number.isFinite(window) && window > 0;
    if (typeof value === 'string' && /^[\w-]{16,64}$/.test(value) && isWindow) return { value, window };
  }
  throw new NonsenseError('answered a fingerprint without a value of 16 to 64 characters or a window');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
