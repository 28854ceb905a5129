export interface Job {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

export interface Operation {
  readonly key: string;
  readonly name: string;
  readonly writes?: boolean;
  readonly connections?: number;
  readonly jobs: Readonly<Record<string, readonly Job[]>>;
  readonly goals: Readonly<Record<string, number>>;
}

export function operations(ids: readonly string[]): Operation[];
export function selectOperations<Selected extends { readonly key: string; readonly name: string }>(
  all: readonly Selected[],
  only?: string,
): Selected[];
export function mixedJobs(ids: readonly string[]): Job[];
