/** What of a text does not make it another one: form of Unicode (NFKC), case, and how much white space there is. */
export function normalizedText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** As {@link normalizedText}, and of a question also the marks at its end. */
export function normalizedQuestion(question: string): string {
  return normalizedText(question).replace(/[\s.!?。！？…]+$/u, '');
}
