import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidInputError } from '../../src/errors.js';
import { checkSubmission, type GivenSubmission } from '../../src/model/submission.js';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  // What JSON makes six bytes of, and UTF-8 three or four.
  fc.string({ unit: fc.constantFrom('\u0000', '\u001f', '"', '\\', 'é', '€', '🦙', 'a'), minLength: 1 }),
);
const name = fc.string({ unit: fc.constantFrom('a', 'é', '🦙'), minLength: 1, maxLength: 20 });

const submission: fc.Arbitrary<GivenSubmission> = fc.record(
  {
    type: fc.constantFrom('positive' as const, 'negative' as const),
    question: text,
    answer: text,
    correction: text,
    comment: text,
    userId: name,
    interactionId: name,
    modelVersion: name,
    tags: fc.array(fc.constantFrom('slow', 'wrong'), { maxLength: 2 }).map((tags) => [...new Set(tags)]),
  },
  { requiredKeys: ['type', 'question', 'answer'] },
);

test('an entry is refused exactly where its JSON has more bytes than it may have', () => {
  fc.assert(
    fc.property(submission, fc.integer({ min: -40, max: 40 }), (given, more) => {
      const bytes = Buffer.byteLength(JSON.stringify(given));
      for (const entryBytes of [bytes + more, bytes, bytes - 1, 6 * bytes]) {
        const check = (): void => checkSubmission(given, { textCharacters: 100_000, entryBytes });
        const problem = `must be at most ${entryBytes} bytes of JSON (FEEDBACK_LIMIT_ENTRY_BYTES)`;
        if (bytes <= entryBytes) expect(check).not.toThrow();
        else expect(check).toThrow(new InvalidInputError([{ field: 'entry', problem }]));
      }
    }),
  );
});
