export type Part = string | number;

export interface CommitTemplate {
  readonly changing: readonly string[];
  readonly entries: readonly { readonly parts: readonly Part[]; readonly value: Buffer }[];
}

export function commitTemplate(written: readonly (readonly [key: string, base64: string])[]): CommitTemplate;
export function createFreshTexts(now?: () => number): (changing: readonly string[]) => string[];
export function keyOf(parts: readonly Part[], texts: readonly string[]): string;
