import type { Result } from './statistics.js';

export interface Measured {
  readonly name: string;
  readonly servers: Readonly<Record<string, Result>>;
  readonly halfRate: Readonly<Record<string, Result>>;
}

export function buildsTable(results: readonly Measured[]): string;
