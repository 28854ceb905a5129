/** YAML that readers of YAML 1.1, as PyYAML and so the Hugging Face Hub's library, and of YAML 1.2 understand alike. */
import { stringify } from 'yaml';

/** Ends of lines, or what is skipped, to readers of YAML 1.1 alone. */
const READ_DIFFERENTLY = /[\u0085\u2028\u2029\ufeff]/gu;

/** Numbers that have an exponent but no point are texts to YAML 1.1. */
const WITHOUT_POINT = /(: -?\d+)(e[+-]?\d+)$/gmu;

/**
 * Every text is in double quotes: `no`, `2026-01-01` and `12:30` are others' booleans, dates and numbers, and no text may end
 * its line or the document.
 */
export function toYaml(value: object): string {
  return stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 })
    .replaceAll(READ_DIFFERENTLY, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll(WITHOUT_POINT, '$1.0$2');
}
