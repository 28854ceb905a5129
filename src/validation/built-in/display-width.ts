import { eastAsianWidth } from 'get-east-asian-width';

/**
 * The columns that a text takes, counted only as far as `enough`: two for a Chinese, Japanese or Korean character and for an
 * emoji, one for any other (Unicode Standard Annex 11). Every code point counts, so that none is left out that says something.
 */
export function displayWidth(text: string, enough: number): number {
  let width = 0;
  for (const character of text) {
    if (width >= enough) return enough;
    width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return Math.min(width, enough);
}
