import { type Static, Type } from 'typebox';
import { mapTexts } from '../../model/conversation.js';
import { type Submission, TEXT_FIELDS } from '../../model/submission.js';
import type { TextChanges, ValidationPlugin } from '../contract.js';
import { findPii, PII_KINDS, type PiiKind, replacePii } from './pii-patterns.js';

const NAMES: Readonly<Record<PiiKind, string>> = {
  email: 'an e-mail address',
  iban: 'an IBAN',
  card: 'a payment card number',
  ip: 'an IP address',
  phone: 'a phone number',
};

const Config = Type.Object(
  {
    mode: Type.Enum(['flag', 'replace'], { type: 'string', default: 'flag' }),
    kinds: Type.Array(Type.Enum(PII_KINDS, { type: 'string' }), { minItems: 1, default: [...PII_KINDS] }),
  },
  { additionalProperties: false },
);

/** Flags submissions with personal data in their texts, or replaces it; what is replaced is stored nowhere. */
export function piiRedaction(): ValidationPlugin {
  let config: Static<typeof Config> = { mode: 'flag', kinds: [...PII_KINDS] };
  return {
    name: 'pii_redaction',
    version: '1.0.0',
    description: 'Flags or replaces e-mail addresses, phone numbers, payment card numbers, IBANs and IP addresses.',
    configSchema: Config,
    initialize: (checked) => {
      config = checked as Static<typeof Config>;
    },
    validate: (submission) => {
      const found = piiOf(submission, config.kinds);
      if (found.length === 0) return { verdict: 'accept' };
      const data = { found: countKinds(found.flatMap(({ kinds }) => kinds)) };
      if (config.mode === 'replace') {
        return {
          verdict: 'modify',
          changes: Object.fromEntries(found.map(({ field, replaced }) => [field, replaced])),
          data,
        };
      }
      const reasons = found.map(({ field, kinds }) => {
        const names = [...new Set(kinds)].map((kind) => NAMES[kind]);
        return `The ${field} ${field === 'messages' || field === 'candidates' ? 'seem' : 'seems'} to contain ${names.join(' and ')}`;
      });
      return { verdict: 'flag', reasons, data };
    },
  };
}

interface FieldWithPii {
  readonly field: keyof TextChanges;
  readonly kinds: readonly PiiKind[];
  readonly replaced: TextChanges[keyof TextChanges];
}

function piiOf(submission: Submission, kinds: readonly PiiKind[]): FieldWithPii[] {
  const { messages, candidates } = submission;
  const lookIn = (
    field: 'messages' | 'candidates',
    replace: (replaceIn: (text: string) => string) => FieldWithPii['replaced'],
  ): FieldWithPii[] => {
    const found: PiiKind[] = [];
    const replaced = replace((text) => {
      const matches = findPii(text, kinds);
      found.push(...matches.map(({ kind }) => kind));
      return matches.length === 0 ? text : replacePii(text, matches);
    });
    return found.length === 0 ? [] : [{ field, kinds: found, replaced }];
  };
  const inLists = [
    ...(messages === undefined ? [] : lookIn('messages', (replaceIn) => mapTexts(messages, replaceIn))),
    ...(candidates === undefined
      ? []
      : lookIn('candidates', (replaceIn) => candidates.map((each) => ({ ...each, answer: replaceIn(each.answer) })))),
  ];
  // The question and the answer of a conversation are among its messages, and the answer of a preference among its candidates.
  const others = TEXT_FIELDS.filter(
    (field) =>
      !(messages !== undefined && (field === 'question' || field === 'answer')) &&
      !(candidates !== undefined && field === 'answer'),
  );
  const inTexts = others.flatMap((field): FieldWithPii[] => {
    const text = submission[field];
    const matches = text === undefined ? [] : findPii(text, kinds);
    if (text === undefined || matches.length === 0) return [];
    return [{ field, kinds: matches.map(({ kind }) => kind), replaced: replacePii(text, matches) }];
  });
  return [...inLists, ...inTexts];
}

function countKinds(kinds: readonly PiiKind[]): Partial<Record<PiiKind, number>> {
  const counts: Partial<Record<PiiKind, number>> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
