import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonProblem, MAX_JSON_DEPTH, MAX_JSON_ELEMENTS, scanJson } from '../src/json-bounds.js';

function measure(value: unknown): { readonly depth: number; readonly elements: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, elements: 0 };
  const inner = Object.values(value).map(measure);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    elements: 1 + Math.max(0, inner.length - 1) + inner.reduce((sum, { elements }) => sum + elements, 0),
  };
}

describe('the bounds of JSON', () => {
  it('are those that are said, to the value', () => {
    expect(jsonProblem('['.repeat(MAX_JSON_DEPTH) + ']'.repeat(MAX_JSON_DEPTH))).toBeUndefined();
    expect(jsonProblem('['.repeat(MAX_JSON_DEPTH + 1))).toBe('must be JSON nested at most 64 levels deep');
    expect(jsonProblem(JSON.stringify(Array.from({ length: MAX_JSON_ELEMENTS }, () => 1)))).toBeUndefined();
    expect(jsonProblem(JSON.stringify(Array.from({ length: MAX_JSON_ELEMENTS + 1 }, () => 1)))).toBe(
      'must be JSON of at most 50000 values',
    );
  });

  it('count what the parser makes, whatever texts say', () => {
    const tricky = fc.constantFrom('"', '\\', '\\"', '[', '{,', '"]', 'ü[', '\u2028,');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.oneof(fc.string(), tricky, fc.integer()),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string(), tricky), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.nat({ max: 8 }), (value, spaces) => {
        const { depth, elements } = measure(value);
        const text = JSON.stringify(value, undefined, spaces);
        // Wrapped so deep that one level more is refused exactly where it is too many.
        const wrap = MAX_JSON_DEPTH - depth;
        expect(jsonProblem('['.repeat(wrap) + text + ']'.repeat(wrap))).toBeUndefined();
        expect(jsonProblem('['.repeat(wrap + 1) + text + ']'.repeat(wrap + 1))).toMatch(/levels/);
        const beside = MAX_JSON_ELEMENTS - elements - 1;
        expect(jsonProblem(`[${text}${',1'.repeat(beside)}]`)).toBeUndefined();
        expect(jsonProblem(`[${text}${',1'.repeat(beside + 1)}]`)).toMatch(/values/);
      }),
      { numRuns: 50 },
    );
  });

  it('find the same however the bytes are cut', () => {
    const value = { feedback: ['a"]', { b: ['\\'] }, [1, [2, 3]], ''], other: [], ü: { x: [1, 2] } };
    const bytes = Buffer.from(JSON.stringify(value));
    for (let size = 1; size <= bytes.length; size++) {
      const scan = scanJson(bytes);
      for (let until = size; until < bytes.length + size; until += size) scan.scanTo(until);
      expect(scan.lists).toHaveLength(2);
      const [first] = scan.lists;
      expect(JSON.parse(bytes.toString('utf8', first?.start, (first?.end ?? 0) + 1))).toEqual(value.feedback);
      expect(first?.commas).toHaveLength(3);
    }
  });
});
