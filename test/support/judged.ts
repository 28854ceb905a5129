import { expect } from 'vitest';
import { findFeedback } from '../../src/feedback/read.js';
import { submitBatch } from '../../src/feedback/submit.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import type { Submission } from '../../src/model/submission.js';
import type { Store } from '../../src/store/contract.js';
import type { Validate } from '../../src/validation/contract.js';
import { ACTOR, openGraph, PRAISE } from './graph.js';

export const START = Date.UTC(2030, 0, 1);

/** A graph whose submissions `validate` judges, in memory unless a store is given, and its clock. */
export async function openJudged(validate: Validate, store?: Store) {
  const graph = await openGraph(store);
  const clock = { now: START };
  const services = { ...graph.services, validate, now: () => clock.now };
  const submit = async (count: number, submission: Partial<Submission> = {}): Promise<string[]> => {
    const rows = Array.from({ length: count }, () => ({ ...PRAISE, ...submission }));
    const outcomes = await submitBatch(services, ACTOR, rows);
    return outcomes.map((each) => ('error' in each ? '' : each.feedback.id));
  };
  const read = async (id: string) => {
    const [found] = await graph.store.read((reader) => findFeedback(reader, 'default', [id]));
    return found!;
  };
  const isSound = async (): Promise<void> => {
    const { disagreements } = await verifyStore(graph.store);
    // The graph of tests hashes users by itself.
    expect(disagreements.filter(({ kind }) => kind !== 'secret')).toEqual([]);
  };
  return { ...graph, services, clock, submit, read, isSound };
}
