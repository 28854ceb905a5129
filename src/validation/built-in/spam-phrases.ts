/** Spam phrases in a text, and whether it advertises with them or only contains them. */
import { displayWidth } from './display-width.js';

export interface FoundPhrase {
  /** In lower case, with one blank between words. */
  readonly phrase: string;
  /** Whether the text advertises; if not, the phrase is in code, a quotation or a longer text. */
  readonly advertises: boolean;
}

/** A text with at least one spam phrase in every as many columns advertises (docs/api.md, "Validation rules"). */
const COLUMNS_PER_PHRASE = 100;

/** Fenced blocks, which end with the text where they are not closed, and code within a line. */
const CODE = /^[ \t]*(`{3,}|~{3,})[^]*?(?:\n[ \t]*\1|(?![^]))|`[^`\n]+`/gmu;

/** Lines quoted as in email, and texts in quotation marks. No mark may stand within its own pair, so the time is linear. */
const QUOTATION =
  /^[ \t]*>.*$|"[^"\n]+"|“[^“”\n]+”|„[^„“”\n]+[“”]|«[^«»\n]+»|‘[^‘’\n]+’|「[^「」\n]+」|『[^『』\n]+』|(?<![\p{L}\p{N}])'[^'\n]+'/gmu;

/**
 * Finds a spam phrase, as a whole phrase, whatever the case and the white space between its words.
 * @returns what finds one in a text: the one that makes the text an advertisement, if it is one
 */
export function createPhraseFinder(phrases: readonly string[]): (text: string) => FoundPhrase | undefined {
  if (phrases.length === 0) return () => undefined;
  const alternatives = phrases.map((phrase) => phrase.trim().split(/\s+/u).map(escapePattern).join('\\s+'));
  const source = `(?<![\\p{L}\\p{N}_])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}_])`;
  const first = new RegExp(source, 'iu');
  const all = new RegExp(source, 'giu');
  return (text) => {
    const anywhere = first.exec(text)?.[0];
    if (anywhere === undefined) return undefined;
    const prose = text.replace(CODE, ' ').replace(QUOTATION, ' ').replace(/\s+/gu, ' ').trim();
    const found = prose.match(all) ?? [];
    const enough = found.length * COLUMNS_PER_PHRASE;
    const advertises = found.length > 0 && displayWidth(prose, enough + 1) <= enough;
    return { phrase: normalize(found[0] ?? anywhere), advertises };
  };
}

function normalize(phrase: string): string {
  return phrase.toLowerCase().replace(/\s+/gu, ' ');
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');
}
