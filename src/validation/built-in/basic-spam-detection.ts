import { type Static, Type } from 'typebox';
import { type Submission, TEXT_FIELDS } from '../../model/submission.js';
import type { PluginVerdict, ValidationPlugin } from '../contract.js';

/** The settings of `basic_spam_detection`; lengths are Unicode characters after trimming. */
export interface BasicRules {
  /** A text shorter than this is rejected. */
  readonly minLength: number;
  /** A question or an answer shorter than this is flagged. */
  readonly qualityLength: number;
  /** This many identical characters in a row are rejected. */
  readonly maxRepetition: number;
  readonly spamKeywords: readonly string[];
}

/** See docs/api.md, "Validation rules". */
export const DEFAULT_RULES: BasicRules = {
  minLength: 3,
  qualityLength: 5,
  maxRepetition: 10,
  spamKeywords: [
    'buy now',
    'click here',
    'viagra',
    'casino',
    'lottery',
    'free money',
    'million dollars',
    'nigerian prince',
    'weight loss',
    'work from home',
    'make money fast',
  ],
};

const length = (least: number, fallback: number) =>
  Type.Integer({ minimum: least, maximum: 10_000, default: fallback });

const Config = Type.Object(
  {
    // Of a blank phrase nothing would be left to match.
    spam_keywords: Type.Array(Type.String({ pattern: '\\S', maxLength: 200 }), {
      maxItems: 10_000,
      default: [...DEFAULT_RULES.spamKeywords],
    }),
    min_length: length(0, DEFAULT_RULES.minLength),
    quality_length: length(0, DEFAULT_RULES.qualityLength),
    max_repetition: length(2, DEFAULT_RULES.maxRepetition),
  },
  { additionalProperties: false },
);

/** Length, repetition and spam keywords: the documented default. */
export function basicSpamDetection(): ValidationPlugin {
  let validate = createValidator(DEFAULT_RULES);
  return {
    name: 'basic_spam_detection',
    version: '1.0.0',
    description: 'Rejects short and repetitive texts and spam keywords; flags feedback below the quality thresholds.',
    configSchema: Config,
    initialize: (checked) => {
      const config = checked as Static<typeof Config>;
      validate = createValidator({
        spamKeywords: config.spam_keywords,
        minLength: config.min_length,
        qualityLength: config.quality_length,
        maxRepetition: config.max_repetition,
      });
    },
    validate: (submission) => validate(submission),
  };
}

/** What the rules say of a submission. */
export function createValidator(rules: BasicRules): (submission: Submission) => PluginVerdict {
  const spam = keywordPattern(rules.spamKeywords);
  const repetition = new RegExp(`(.)\\1{${rules.maxRepetition - 1}}`, 'su');
  return (submission) => applyRules(submission, rules, spam, repetition);
}

function applyRules(
  submission: Submission,
  rules: BasicRules,
  spam: RegExp | undefined,
  repetition: RegExp,
): PluginVerdict {
  const rejections: string[] = [];
  const flags: string[] = [];
  for (const field of TEXT_FIELDS) {
    const text = submission[field];
    if (text === undefined) continue;
    const length = charactersUpTo(text.trim(), rules.qualityLength);
    if (length < rules.minLength) {
      rejections.push(`The ${field} has fewer than ${rules.minLength} characters`);
    } else if (length < rules.qualityLength && (field === 'question' || field === 'answer')) {
      flags.push(`The ${field} has fewer than ${rules.qualityLength} characters`);
    }
    if (repetition.test(text)) {
      rejections.push(`The ${field} repeats one character ${rules.maxRepetition} times or more`);
    }
    const keyword = spam?.exec(text)?.[0];
    if (keyword !== undefined) {
      rejections.push(`The ${field} contains the spam phrase '${keyword.toLowerCase().replace(/\s+/gu, ' ')}'`);
    }
  }
  if (submission.type === 'negative' && submission.correction === undefined && submission.comment === undefined) {
    flags.push('Negative feedback has neither a correction nor a comment');
  }
  if (rejections.length > 0) return { verdict: 'reject', reasons: [...rejections, ...flags] };
  if (flags.length > 0) return { verdict: 'flag', reasons: flags };
  return { verdict: 'accept' };
}

/** Unicode characters of `text`, counted only as far as `enough`. */
function charactersUpTo(text: string, enough: number): number {
  if (text.length >= 2 * enough) return enough;
  return Math.min(Array.from(text).length, enough);
}

/** Matches any keyword as a whole phrase, whatever the case and the white space between its words. */
function keywordPattern(keywords: readonly string[]): RegExp | undefined {
  if (keywords.length === 0) return undefined;
  const phrases = keywords.map((keyword) => keyword.trim().split(/\s+/u).map(escapePattern).join('\\s+'));
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${phrases.join('|')})(?![\\p{L}\\p{N}_])`, 'iu');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');
}
