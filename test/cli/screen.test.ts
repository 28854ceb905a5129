import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectScreen, fit, measureWidth, paint, toOneLine, wrap } from '../../src/cli/screen.js';
import { table } from '../../src/cli/table.js';

const text = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '漢', '🙂', 'e\u0301', '-'), maxLength: 60 });

describe('a screen', () => {
  it('is there on a terminal only, and has no colours where they are not wanted', () => {
    expect(detectScreen({}, {})).toBeUndefined();
    expect(detectScreen({ isTTY: true, columns: 100 }, { TERM: 'xterm' })).toEqual({ columns: 100, colors: true });
    expect(detectScreen({ isTTY: true, columns: 0 }, { NO_COLOR: '' })).toEqual({ columns: 80, colors: true });
    expect(detectScreen({ isTTY: true, columns: 90 }, { NO_COLOR: '1' })).toEqual({ columns: 90, colors: false });
    expect(detectScreen({ isTTY: true, columns: 90 }, { TERM: 'dumb' })).toEqual({ columns: 90, colors: false });
  });

  it('gets colours only where it has them', () => {
    expect(paint('x', 'red', { columns: 80, colors: true })).toBe('\u001b[31mx\u001b[39m');
    expect(paint('x', 'red', { columns: 80, colors: false })).toBe('x');
    expect(paint('x', 'red', undefined)).toBe('x');
  });

  it('is not steered by what others wrote', () => {
    expect(toOneLine(' a\u001b[31m\r\nb\u202e\u0007 ')).toBe(String.raw`a\u{1b}[31m b\u{202e}\u{7}`);
  });
});

it('a wide character takes two columns', () => {
  expect([measureWidth('abc'), measureWidth('漢字'), measureWidth('🙂'), measureWidth('e\u0301')]).toEqual([
    3, 4, 2, 1,
  ]);
});

it('what is cut fits, and begins as the text does', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (whole, width) => {
      const cut = fit(whole, width);
      expect(measureWidth(cut)).toBeLessThanOrEqual(Math.max(width, 1));
      if (cut !== whole) expect(whole.startsWith(cut.slice(0, -1))).toBe(true);
    }),
  );
});

it('what is wrapped fits, and nothing is lost', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (whole, width) => {
      const lines = wrap(toOneLine(whole), width);
      for (const line of lines.filter((each) => each.includes(' ')))
        expect(measureWidth(line)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(toOneLine(whole).replaceAll(' ', ''));
    }),
  );
});

it('a table is never wider than the terminal while a column can give way', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 5 }), fc.integer({ min: 20, max: 80 }), (rows, columns) => {
      const shown = table(
        [
          { heading: 'ID', text: () => 'id-of-twelve' },
          { heading: 'FIRST', text: ([first]: [string, string]) => first, min: 5, leftOut: 2 },
          { heading: 'SECOND', text: ([, second]: [string, string]) => second, min: 6, leftOut: 1 },
        ],
        rows,
        { columns, colors: false },
      );
      const lines = shown.split('\n').slice(0, -1);
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) expect(measureWidth(line)).toBeLessThanOrEqual(columns);
      for (const line of lines.slice(1)) expect(line).toContain('id-of-twelve');
    }),
  );
});
