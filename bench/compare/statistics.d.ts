export type Measure = 'perSecond' | 'median' | 'p99' | 'cpuMicroseconds';
export type Measures = Partial<Record<Measure, number>>;
export type Result = Measures & { readonly rounds: readonly Measures[] };

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function medianOf(values: readonly number[]): number;
export function medianResult(results: readonly Measures[]): Result;
export function ratioOf(ours: Result, theirs: Result, measure: Measure): Spread;
