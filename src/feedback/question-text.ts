/**
 * A question without what does not make it another one: case, spaces, the form in which Unicode writes a character
 * (NFKC), and the marks at its end.
 */
export function normalizedQuestion(question: string): string {
  return question
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/gu, ' ')
    .replace(/[\s.!?。！？…]+$/u, '')
    .trimStart();
}
