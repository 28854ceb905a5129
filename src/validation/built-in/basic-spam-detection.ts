import { type Static, Type } from 'typebox';
import { type Submission, TEXT_FIELDS, type TextField } from '../../model/submission.js';
import type { PluginVerdict, ValidationPlugin } from '../contract.js';
import { displayWidth } from './display-width.js';
import { createPhraseFinder, type FoundPhrase } from './spam-phrases.js';

/** The settings of `basic_spam_detection`; lengths are columns ({@link displayWidth}) after trimming. */
export interface BasicRules {
  /** A text shorter than this is rejected, unless it is a comment: a short one takes nothing from the judgement. */
  readonly minLength: number;
  /** A question or an answer shorter than this is flagged. */
  readonly qualityLength: number;
  /** This many identical characters in a row are rejected, except for white space and {@link RULE_CHARACTERS}. */
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

/** What lines and the borders of tables are drawn with, as a class of a regular expression has it. */
const RULE_CHARACTERS = String.raw`\-_=*#~.|+\u2500-\u257f`;

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
    version: '1.1.0',
    description: 'Rejects short and repetitive texts and spam; flags feedback below the quality thresholds.',
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
  const findPhrase = createPhraseFinder(rules.spamKeywords);
  const repetition = new RegExp(`([^\\s${RULE_CHARACTERS}])\\1{${rules.maxRepetition - 1}}`, 'u');
  return (submission) => applyRules(submission, rules, findPhrase, repetition);
}

interface NamedText {
  readonly field: TextField;
  /** For people. */
  readonly name: string;
  readonly text: string;
}

/** All texts; each answer of a preference is an answer. */
function namedTexts(submission: Submission): readonly NamedText[] {
  const { candidates } = submission;
  const texts: NamedText[] = [];
  for (const field of TEXT_FIELDS) {
    const text = submission[field];
    if (field === 'answer' && candidates !== undefined) {
      candidates.forEach(({ answer }, place) => {
        texts.push({ field, name: `answer of candidate ${place}`, text: answer });
      });
    } else if (text !== undefined) texts.push({ field, name: field, text });
  }
  return texts;
}

function applyRules(
  submission: Submission,
  rules: BasicRules,
  findPhrase: (text: string) => FoundPhrase | undefined,
  repetition: RegExp,
): PluginVerdict {
  const rejections: string[] = [];
  const flags: string[] = [];
  for (const { field, name, text } of namedTexts(submission)) {
    const width = displayWidth(text.trim(), Math.max(rules.minLength, rules.qualityLength));
    if (width < rules.minLength && field !== 'comment') {
      rejections.push(`The ${name} has fewer than ${rules.minLength} characters`);
    } else if (width < rules.qualityLength && (field === 'question' || field === 'answer')) {
      flags.push(`The ${name} has fewer than ${rules.qualityLength} characters`);
    }
    if (repetition.test(text)) {
      rejections.push(`The ${name} repeats one character ${rules.maxRepetition} times or more`);
    }
    const found = findPhrase(text);
    if (found?.advertises === true) rejections.push(`The ${name} contains the spam phrase '${found.phrase}'`);
    else if (found !== undefined) {
      flags.push(`The ${name} contains the spam phrase '${found.phrase}' in code, a quotation or a longer text`);
    }
  }
  const { type, answer, correction, comment } = submission;
  if (type === 'negative' && correction === undefined && comment === undefined) {
    flags.push('Negative feedback has neither a correction nor a comment');
  }
  if (correction !== undefined && correction.trim() === answer.trim()) {
    flags.push('The correction is the same as the answer');
  }
  if (rejections.length > 0) return { verdict: 'reject', reasons: [...rejections, ...flags] };
  if (flags.length > 0) return { verdict: 'flag', reasons: flags };
  return { verdict: 'accept' };
}
