import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentDiff } from '../../web/console/screens/entry/document-diff.js';
import { messageParts } from '../../web/console/screens/entry/message-parts.js';
import { exportHead, exportRow } from '../../web/console/screens/feedback/export-format.js';

const anyDocument = fc.record({
  id: fc.string(),
  question: fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  answer: fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '=', '+', '-', '@', '\t', 'a', ';') }),
  tags: fc.array(fc.string()),
  metadata: fc.dictionary(
    fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
    fc.string(),
  ),
  created_at: fc.integer({ min: 0, max: 4e12 }),
});

describe('an exported file', () => {
  it('is CSV with the same columns in each row, none of which a spreadsheet takes for a formula', () => {
    fc.assert(
      fc.property(fc.array(anyDocument, { minLength: 1, maxLength: 5 }), (documents) => {
        const file = exportHead('csv') + documents.map((each) => exportRow('csv', each)).join('');
        const rows: Record<string, string>[] = parse(file, { columns: true, bom: true, record_delimiter: '\r\n' });
        expect(rows).toHaveLength(documents.length);
        for (const [place, row] of rows.entries()) {
          const { question, answer, tags, created_at: at, metadata } = documents[place]!;
          expect(row['question']?.replace(/^'(?=[=+\-@\t\r])/, '')).toBe(question);
          expect(row['answer']?.replace(/^'(?=[=+\-@\t\r])/, '')).toBe(answer);
          expect(row['created_at']).toBe(new Date(at).toISOString());
          expect(JSON.parse(row['tags'] ?? '')).toEqual(tags);
          expect(JSON.parse(row['other_fields'] ?? '')).toEqual({ metadata });
          for (const value of Object.values(row)) expect(value).not.toMatch(/^[=+\-@\t\r]/);
        }
      }),
    );
  });

  it('is JSONL with a document in each line', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const line = exportRow('jsonl', document);
        expect(line.trimEnd().includes('\n')).toBe(false);
        expect(JSON.parse(line)).toEqual(document);
      }),
    );
  });
});

describe('a message', () => {
  it('is texts and data, whatever its content is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.jsonValue()), (content, calls) => {
        for (const part of messageParts({ role: 'assistant', content, tool_calls: calls })) {
          expect(typeof part.text).toBe('string');
        }
      }),
    );
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
    expect(messageParts({ role: 'user', content: ['Hello', { type: 'text', text: 'there' }, image] })).toEqual([
      { kind: 'text', text: 'Hello' },
      { kind: 'text', text: 'there' },
      { kind: 'data', text: JSON.stringify(image, undefined, 2) },
    ]);
  });
});

it('two versions differ in the fields that one has otherwise, whatever their numbers are', () => {
  expect(
    documentDiff({ version: 1, question: 'a', tags: ['x'], comment: 'no' }, { version: 2, question: 'a', tags: ['y'] }),
  ).toEqual([
    { name: 'tags', before: ['x'], after: ['y'] },
    { name: 'comment', before: 'no', after: undefined },
  ]);
});
