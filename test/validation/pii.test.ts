import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPii, replacePii } from '../../src/validation/built-in/pii-patterns.js';
import { piiRedaction } from '../../src/validation/built-in/pii-redaction.js';

const replaced = (text: string): string => replacePii(text, findPii(text));

describe('the PII redaction', () => {
  it.each([
    ['mail ann.lee+x@mail.example.org.', 'mail [EMAIL].'],
    ['<jürgen@bücher.de>', '<[EMAIL]>'],
    ['call +49 (0)171 234-5678 now', 'call [PHONE] now'],
    ['or (555) 234-5678, 555-234-5678', 'or [PHONE], [PHONE]'],
    ['0171 2345678', '[PHONE]'],
    ['card 4111 1111 1111 1111 2030', 'card [CARD] 2030'],
    ['card 4111-1111-1111-1111', 'card [CARD]'],
    ['378282246310005.', '[CARD].'],
    ['DE89 3704 0044 0532 0130 00 please', '[IBAN] please'],
    ['to GB82WEST12345698765432', 'to [IBAN]'],
    ['from 192.168.10.254:8080', 'from [IP]:8080'],
    ['ping 2001:db8::1, or ::1.', 'ping [IP], or [IP].'],
    ['a@b.co b@c.co', '[EMAIL] [EMAIL]'],
  ])('finds the personal data in: %s', (text, expected) => {
    expect(replaced(text)).toBe(expected);
  });

  it.each([
    'order 4111 1111 1111 1112',
    'DE88 3704 0044 0532 0130 00',
    'version 1.2.3 of 2024-05-06 at 12:30:45',
    'std::vector and a::b',
    'user@localhost or @name',
    '999.1.1.1',
    '0000000000000000',
    'the port 5432, the batch 1700000000000',
  ])('finds nothing in: %s', (text) => {
    expect(replaced(text)).toBe(text);
  });
});

it('matches of PII are in order, do not overlap, and are within any text', () => {
  const piece = fc.constantFrom(
    'a@b.co',
    '+1 555 234 5678',
    '4111111111111111',
    '::1',
    '1.2.3.4',
    ' ',
    'x',
    '@',
    ':',
    '.',
    '-',
    '0',
    '(',
    'DE89370400440532013000',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      let from = 0;
      for (const { start, end } of findPii(text)) {
        expect(start).toBeGreaterThanOrEqual(from);
        expect(end).toBeGreaterThan(start);
        from = end;
      }
      expect(from).toBeLessThanOrEqual(text.length);
    }),
  );
});

it.each([
  '@',
  'a@',
  'a@a.',
  'a.',
  '1',
  '1 ',
  '1-',
  '1.',
  '+1',
  '(1',
  ':',
  '1:',
  'a:',
  'DE89',
  'DE89 ',
  '0 1',
  '+1 (',
  '4111 ',
])('PII is looked for in linear time in 64 KiB of %j', (piece) => {
  // A pattern that goes back over the text would be at it for minutes.
  expect(findPii(piece.repeat(Math.floor(65_536 / piece.length)))).toBeInstanceOf(Array);
});

it('the PII redaction replaces in all four texts, and reports the kinds it found, not the values', () => {
  const plugin = piiRedaction();
  void plugin.initialize?.({ mode: 'replace', kinds: ['email'] }, undefined as never);
  const secret = 'ann@example.org';
  const verdict = plugin.validate(
    {
      organization: 'o',
      type: 'negative',
      question: secret,
      answer: `to ${secret}`,
      correction: secret,
      comment: `${secret} 1.2.3.4`,
    },
    new AbortController().signal,
  );
  expect(verdict).toEqual({
    verdict: 'modify',
    changes: { question: '[EMAIL]', answer: 'to [EMAIL]', correction: '[EMAIL]', comment: '[EMAIL] 1.2.3.4' },
    data: { found: { email: 4 } },
  });
});
