import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, type Inline, parseBlocks, parseInline } from '../../web/console/components/markdown-parse.js';

const PIECES = [
  '[',
  ']',
  '(',
  ')',
  '!',
  '*',
  '**',
  '`',
  '```',
  '\n',
  '> ',
  '# ',
  '- ',
  '1. ',
  ' ',
  'text',
  'https://example.com/a',
  'http://example.com',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<b>',
  '//example.com',
  '<img src=x onerror=alert(1)>',
  '\t',
  '\u202e',
  '🦙',
];
const anyMarkdown = fc.oneof(
  fc.string({ unit: fc.constantFrom(...PIECES), maxLength: 40 }),
  fc.string({ unit: 'binary' }),
);

const textsOf = (block: Block): readonly string[] => (block.kind === 'list' ? block.items : [block.text]);
const inlinesOf = (source: string): readonly Inline[] =>
  parseBlocks(source).flatMap((block) => (block.kind === 'code' ? [] : textsOf(block).flatMap(parseInline)));

const lettersOf = (text: string): string => (text.match(/\p{L}/gu) ?? []).join('');

describe('Markdown of users', () => {
  it('has no kind of part that loads something, and no link but to the web', () => {
    fc.assert(
      fc.property(anyMarkdown, (source) => {
        for (const part of inlinesOf(source)) {
          expect(['text', 'code', 'strong', 'emphasis', 'link']).toContain(part.kind);
          if (part.kind === 'link') expect(['http:', 'https:']).toContain(new URL(part.href, 'app:/').protocol);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    '![pixel](https://example.com/pixel.png)',
    '[run](javascript:alert(1))',
    '[run](JAVASCRIPT:alert(1))',
    '[run]( javascript:alert(1))',
    '[run](java\tscript:alert(1))',
    '[page](data:text/html,<script>alert(1)</script>)',
    '[elsewhere](//example.com)',
    '<img src=x onerror=alert(1)>',
    '<javascript:alert(1)>',
  ])('keeps %s as it was written', (source) => {
    expect(parseInline(source)).toEqual([{ kind: 'text', text: source }]);
  });

  it('loses no word of a text', () => {
    fc.assert(
      fc.property(anyMarkdown, (source) => {
        const shown = parseBlocks(source)
          .flatMap((block) => (block.kind === 'code' ? [block.text] : textsOf(block)))
          .join(' ');
        for (const word of source
          .split('\n')
          .filter((line) => !/^\s*(?:```|~~~)/.test(line))
          .join(' ')
          .match(/\p{L}+/gu) ?? []) {
          expect(shown).toContain(word);
        }
      }),
    );
  });

  it('keeps every letter of a line, but for the signs of what it has understood', () => {
    fc.assert(
      fc.property(anyMarkdown, (line) => {
        const written = lettersOf(line);
        const shown = parseInline(line)
          .map((part) => part.text + (part.kind === 'link' ? part.href : ''))
          .join('');
        expect(lettersOf(shown)).toBe(written);
      }),
    );
  });

  it('is read in a time that grows with its length alone', () => {
    for (const unit of ['[', '![', '[a](', '**', '*a', '`', '[a](https://', '- ', '> ', '```\n']) {
      const parts = inlinesOf(unit.repeat(20_000 / unit.length));
      expect(parts.length).toBeLessThanOrEqual(20_001);
    }
  });
});
