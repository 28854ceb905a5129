/** Texts of a drawing: SVG breaks and shortens none by itself. */
let context: CanvasRenderingContext2D | null | undefined;

/** Characters that are not seen, that turn the direction of what follows, or that no XML may hold. */
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g;

/** A text as a drawing may hold it. */
export function cleanLabel(text: string): string {
  return text.replace(UNSEEN, '·').replace(/\p{Surrogate}/gu, '\ufffd');
}

/** A text that is at most `width` pixels wide: its beginning and its end, as ids often differ at the end. */
export function fitLabel(text: string, width: number, font: string): string {
  const clean = cleanLabel(text);
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return clean;
  context.font = font;
  if (context.measureText(clean).width <= width) return clean;
  const characters = Array.from(clean.slice(0, 400)).slice(0, 200);
  const end = Array.from(clean.slice(-400)).slice(-200);
  let [fits, tooMany] = [0, Math.min(200, characters.length)];
  while (tooMany - fits > 1) {
    const count = Math.floor((fits + tooMany) / 2);
    if (context.measureText(shorten(characters, end, count)).width <= width) fits = count;
    else tooMany = count;
  }
  return shorten(characters, end, fits);
}

function shorten(start: readonly string[], end: readonly string[], count: number): string {
  const atEnd = Math.floor(count / 2);
  return `${start.slice(0, count - atEnd).join('')}…${atEnd === 0 ? '' : end.slice(-atEnd).join('')}`;
}
