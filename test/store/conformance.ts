import { describe } from 'vitest';
import { describeConflicts } from './conformance/conflicts.js';
import { describeContention } from './conformance/contention.js';
import { describeCounters } from './conformance/counters.js';
import type { CreateFixture } from './conformance/harness.js';
import { describeLifetime } from './conformance/lifetime.js';
import { describeMap } from './conformance/map.js';
import { describeOrder } from './conformance/order.js';
import { describeSerializability } from './conformance/serializability.js';
import { describeSnapshots } from './conformance/snapshots.js';
import { describeTransactions } from './conformance/transactions.js';

export type { StoreFixture } from './conformance/harness.js';

/** The whole contract of a `Store`, as every engine must keep it. */
export function describeStore(
  name: string,
  createFixture: CreateFixture,
  {
    runs,
    isUndisturbed = true,
  }: {
    /** How many random histories are tried; the default is for engines whose stores open in no time. */
    readonly runs?: number;
    /**
     * Whether nothing fails beneath the store. Otherwise it may run a work again that nobody has come before, take what
     * was read for changed, and need several writes for one commit: then it is not counted how often it does.
     */
    readonly isUndisturbed?: boolean;
  } = {},
): void {
  describe(name, () => {
    // Each in a group of its own: each has a store that it opens before every test of the group.
    describe('map', () => {
      describeMap(createFixture);
    });
    describe('order', () => {
      describeOrder(createFixture);
    });
    describe('transactions', () => {
      describeTransactions(createFixture, { isUndisturbed });
    });
    describe('conflicts', () => {
      describeConflicts(createFixture, { isUndisturbed });
    });
    describe('contention', () => {
      describeContention(createFixture, { isUndisturbed });
    });
    describe('serializability', () => {
      describeSerializability(createFixture, { ...(runs !== undefined && { runs }) });
    });
    describe('counters', () => {
      describeCounters(createFixture);
    });
    describe('snapshots', () => {
      describeSnapshots(createFixture);
    });
    describe('lifetime', () => {
      describeLifetime(createFixture);
    });
  });
}
