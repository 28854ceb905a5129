import type { Figure, Machine, OperationResult, Results, Run } from './table.js';

export function readResults(file: string): Promise<Results>;
export function mergeResults(
  earlier: Results,
  environment: Machine,
  measurement: keyof Results,
  run: Run<OperationResult> | Run<Figure>,
): Results;
