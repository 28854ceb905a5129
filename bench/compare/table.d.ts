import type { Result } from './statistics.js';

/** What a result of any measurement has. */
export interface Keyed {
  readonly key: string;
  readonly name: string;
}

export interface OperationResult extends Keyed {
  readonly unit?: string;
  readonly goals: Readonly<Record<string, number>>;
  readonly servers: Readonly<Record<string, Result>>;
  readonly halfRate: Readonly<Record<string, Result>>;
}

export interface Figure extends Keyed {
  readonly value: number;
  readonly values?: readonly number[];
  readonly unit: string;
  readonly goal?: number;
}

export interface Run<Kind extends Keyed> {
  readonly version?: string;
  readonly entries?: number;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly results: readonly Kind[];
}

export interface Machine {
  readonly processor: string;
  readonly memoryGib: number;
  readonly node: string;
  readonly platform: string;
}

export interface Results {
  readonly environment?: Machine;
  readonly compare?: Run<OperationResult>;
  readonly postgres?: Run<OperationResult>;
  readonly start?: Run<Figure>;
  readonly soak?: Run<Figure>;
}

export function shown(value: number): string;
export function resultsTable(results: Results): string;
export function resultsCaption(results: Results): string;
export function withTable(text: string, results: Results): string;
