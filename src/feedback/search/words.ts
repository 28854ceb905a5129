/**
 * The words of a text, as entries are indexed by and queries name them: runs of letters, digits and marks, in which
 * `Intl.Segmenter` finds the words of scripts that leave no spaces between them. Case and diacritics make no difference; the
 * marks of scripts in which they are vowels, or make another letter, do.
 */

/** What a word is made of; everything else is between words. */
const RUNS = /[\p{L}\p{N}\p{M}]+/gu;
const OTHER = /[^\p{L}\p{N}\p{M}]/u;
/**
 * What goes of a word that was decomposed: diacritics, which belong to no script of their own, the points of Hebrew, Arabic and
 * Syriac, and what stands for other than letters and digits. The voicing marks of kana and the vowels of India and Thailand stay.
 */
const DROPPED =
  /[^\p{L}\p{N}\p{M}]|(?![\u3099\u309a])(?=[\p{sc=Inherited}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Cyrillic}])\p{M}/gu;
const COUNTS = /[\p{L}\p{N}]/u;
/** A letter or digit with its marks. */
const CHARACTERS = /[\p{L}\p{N}]\p{M}*/gu;
/** They choose the form of the character before, and dictionaries do not know them. */
const SELECTORS = /\p{Variation_Selector}+/gu;
/** All but two vowels of Thai and Lao, which compatibility forms take apart, so that dictionaries do not know their words. */
const COMPATIBLE = /[^\u0e33\u0eb3]+/gu;
/** Scripts whose words only a dictionary tells apart. */
const WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const ASCII = /^[\u0000-\u007f]*$/;

/** UTF-16 units of a word that count; of a longer one these are its beginning. */
export const MAX_WORD_UNITS = 64;

/** UTF-16 units of a text that are divided at a stretch: less than a millisecond. */
const PIECE_UNITS = 2_048;

/**
 * Raised whenever the same text has other words than before. With it, a change of what ICU takes for words is noticed, which
 * comes with versions of Node.js: the index is then built anew.
 */
const RULES = 2;

/** A Node.js without the data of ICU crashes where it looks for words. */
const hasDictionary =
  !isSet(process.config.variables, 'icu_small') || Intl.DateTimeFormat.supportedLocalesOf(['zh']).length > 0;

function isSet(variables: object, name: string): boolean {
  return (variables as Readonly<Record<string, unknown>>)[name] === true;
}

/** By what rules words are told apart here. What was indexed by others has to be indexed anew. */
export const WORD_RULES = `${RULES}/${process.versions.unicode ?? ''}/${hasDictionary ? (process.versions.icu ?? '') : 'none'}`;

/** One language for all texts: the dictionaries are the same in each. */
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** The words of a text in their order, piece by piece, so that whoever takes them can let others have their turn. */
export function* wordPieces(text: string): Generator<readonly string[], void> {
  for (let from = 0; from < text.length;) {
    const end = pieceEnd(text, from);
    yield wordsOfPiece(text.slice(from, end));
    from = end;
  }
}

/** The words of a short text in their order. */
export function wordsOf(text: string): string[] {
  return [...wordPieces(text)].flat();
}

/** Behind a place between words where there is one, else anywhere but in a character: the same for the same text. */
function pieceEnd(text: string, from: number): number {
  const most = from + PIECE_UNITS;
  if (most >= text.length) return text.length;
  for (let end = most; end > from; end -= 1) {
    const code = text.charCodeAt(end - 1);
    // Halves of characters above U+FFFF are none of their own.
    if (code < 0xd800 && OTHER.test(text.charAt(end - 1))) return end;
  }
  return isHighSurrogate(text, most - 1) ? most - 1 : most;
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code < 0xdc00;
}

function wordsOfPiece(piece: string): string[] {
  const words: string[] = [];
  for (const run of piece.match(RUNS) ?? []) {
    for (const part of WITHOUT_SPACES.test(run) ? partsOf(run) : [run]) {
      const word = foldWord(part);
      if (word !== '') words.push(word);
    }
  }
  return words;
}

/** The words in a run of letters without spaces. Signs such as ² would end one where they stand for a digit. */
function partsOf(run: string): string[] {
  const compatible = run.replace(SELECTORS, '').replace(COMPATIBLE, (some) => some.normalize('NFKC'));
  if (!hasDictionary) return compatible.match(CHARACTERS) ?? [];
  return Array.from(segmenter.segment(compatible), ({ segment }) => segment);
}

/** A word without what makes no difference. Empty if nothing of it counts. */
function foldWord(run: string): string {
  if (ASCII.test(run)) return run.slice(0, MAX_WORD_UNITS).toLowerCase();
  // Capitals first: some letters have several small forms, and ß has two of them.
  const folded = run.toUpperCase().toLowerCase().normalize('NFKD').toLowerCase().replace(DROPPED, '');
  if (!COUNTS.test(folded)) return '';
  const word = folded.replaceAll('ς', 'σ').normalize('NFC');
  const end = isHighSurrogate(word, MAX_WORD_UNITS - 1) ? MAX_WORD_UNITS - 1 : MAX_WORD_UNITS;
  return word.slice(0, end);
}
