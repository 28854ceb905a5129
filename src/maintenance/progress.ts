/** Told how far a long task is; whoever shows it decides how. */
export interface ProgressListener {
  /** A new part begins, of `total` steps where that is known. */
  phase(label: string, total?: number): void;
  advance(steps: number): void;
}

export const NO_PROGRESS: ProgressListener = { phase: () => undefined, advance: () => undefined };
