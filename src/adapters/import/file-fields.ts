import type { Issue } from '../../errors.js';

/** Reads the fields of one parsed file; each invalid one becomes an issue that names file and field. */
export interface FileFields {
  /** undefined for null, an empty text and an absent field. */
  text(field: string): string | undefined;
  number(field: string): number | undefined;
  /** A text stands for a list of one; null and empty texts in a list are left out. */
  texts(field: string): readonly string[] | undefined;
  refuse(field: string, problem: string): void;
  /** Whether the file has any of these fields, whatever is in them. */
  hasAny(fields: readonly string[]): boolean;
  /** The name of a field as users are told it. */
  nameOf(field: string): string;
}

/** @param issues collects the problems */
export function fileFields(file: string, content: Readonly<Record<string, unknown>>, issues: Issue[]): FileFields {
  const nameOf = (field: string): string => `${file}.${field}`;
  const refuse = (field: string, problem: string): void => void issues.push({ field: nameOf(field), problem });
  const valueOf = (field: string): unknown => (Object.hasOwn(content, field) ? content[field] : undefined);
  const isAbsent = (value: unknown): boolean =>
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

  return {
    nameOf,
    refuse,
    hasAny: (names) => names.some((name) => Object.hasOwn(content, name)),
    text: (field) => {
      const value = valueOf(field);
      if (isAbsent(value)) return undefined;
      if (typeof value === 'string') return value.trim();
      refuse(field, 'must be a string');
      return undefined;
    },
    number: (field) => {
      const value = valueOf(field);
      if (isAbsent(value)) return undefined;
      if (typeof value === 'number') return value;
      refuse(field, 'must be a number');
      return undefined;
    },
    texts: (field) => {
      const value = valueOf(field);
      if (isAbsent(value)) return undefined;
      const list: readonly unknown[] = (Array.isArray(value) ? value : [value]).filter((each) => !isAbsent(each));
      const texts = list.filter((each) => typeof each === 'string');
      if (texts.length === list.length) return texts.length === 0 ? undefined : texts;
      refuse(field, 'must be a string or a list of strings');
      return undefined;
    },
  };
}

/** UTF-8 bytes of a text as a problem, if there are too many. */
export function sizeIssues(file: string, text: string, most: number): Issue[] {
  return Buffer.byteLength(text) > most ? [{ field: file, problem: `must be at most ${most} bytes of UTF-8` }] : [];
}
