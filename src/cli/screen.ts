/** What a terminal can show, and text for it. */
import type { Screen } from './terminal.js';

/** Narrower than this, nothing is laid out for; a terminal that says 0 does not know. */
const MIN_COLUMNS = 20;
const DEFAULT_COLUMNS = 80;

/** The terminal behind a stream, if it is one. Colours are off with NO_COLOR (no-color.org) and on a dumb terminal. */
export function detectScreen(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: NodeJS.ProcessEnv,
): Screen | undefined {
  if (stream.isTTY !== true) return undefined;
  const { columns = 0 } = stream;
  const noColor = environment['NO_COLOR'] ?? '';
  return {
    columns: columns >= MIN_COLUMNS ? columns : DEFAULT_COLUMNS,
    colors: noColor === '' && environment['TERM'] !== 'dumb',
  };
}

/** Select Graphic Rendition (ECMA-48, 8.3.117): what turns each on, and off. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const;

export type Style = keyof typeof STYLES;

export function paint(text: string, style: Style | undefined, screen: Screen | undefined): string {
  if (style === undefined || screen?.colors !== true || text === '') return text;
  const [on, off] = STYLES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** What others wrote, as one line that cannot steer a terminal: control and direction characters are spelled out. */
export function toOneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** East Asian Wide and Fullwidth (UAX 11), in its large blocks, and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}/u;

interface Cell {
  readonly text: string;
  readonly width: number;
}

function splitCells(text: string): Cell[] {
  return Array.from(GRAPHEMES.segment(text), ({ segment }) => ({ text: segment, width: WIDE.test(segment) ? 2 : 1 }));
}

/** How many columns a line takes. */
export function measureWidth(text: string): number {
  return splitCells(text).reduce((sum, { width }) => sum + width, 0);
}

/** The text, or its beginning and `…` where it takes more columns than `width`. */
export function fit(text: string, width: number): string {
  if (measureWidth(text) <= width) return text;
  let fitted = '';
  let left = width - 1;
  for (const cell of splitCells(text)) {
    left -= cell.width;
    if (left < 0) break;
    fitted += cell.text;
  }
  return `${fitted.trimEnd()}…`;
}

/** The text in lines of at most `width` columns, broken between words; a longer word stays whole, to be copied. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && measureWidth(`${line} ${word}`) <= width) {
      line += ` ${word}`;
    } else {
      if (line !== '') lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
