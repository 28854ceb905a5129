import { recordEvaluations } from '../../src/adapters/evaluations.js';
import { setPromotionRules } from '../../src/adapters/promotion-rules.js';
import { registerAdapter } from '../../src/adapters/register.js';
import { createIdempotency } from '../../src/audit/idempotency.js';
import { loadKeyedHash, loadWebhookSecret } from '../../src/audit/keyed-hash.js';
import { recordOrganizationEvent } from '../../src/audit/trail.js';
import { startBulkOperation } from '../../src/feedback/bulk/begin.js';
import type { BulkChange } from '../../src/feedback/bulk/operation.js';
import { finishBulkOperation } from '../../src/feedback/bulk/run.js';
import { eraseFeedback } from '../../src/feedback/erase.js';
import { linkFeedback } from '../../src/feedback/link-feedback.js';
import { reviewFeedback } from '../../src/feedback/review.js';
import { reviseFeedback } from '../../src/feedback/revise.js';
import { createSavedView } from '../../src/feedback/saved-views.js';
import { submitBatch, submitFeedback } from '../../src/feedback/submit.js';
import { unlinkFeedback } from '../../src/feedback/unlink-feedback.js';
import { promoteAdapter } from '../../src/graph/promotion.js';
import type { Review } from '../../src/model/feedback.js';
import type { Submission } from '../../src/model/submission.js';
import type { ValidationServices } from '../../src/services.js';
import type { Store } from '../../src/store/contract.js';
import { markUsedForTraining } from '../../src/training/mark-used.js';
import { createTrainingBatch } from '../../src/training/work.js';
import { createValidation } from '../../src/validation/registry.js';
import { createWebhook, testWebhook } from '../../src/webhooks/manage.js';

/** The domain functions over one store, as requests call them. */
export async function domainOf(store: Store) {
  let time = Date.UTC(2026, 0, 1);
  const services: ValidationServices = {
    store,
    keyedHash: await loadKeyedHash(store),
    validate: createValidation(undefined),
    now: () => (time += 1),
  };
  const webhooks = {
    isOn: true,
    rules: { allowPrivate: true, resolve: () => Promise.resolve([]) },
    secretOf: await loadWebhookSecret(store),
    notice: () => undefined,
  };
  const actor = (org: string) => ({ sub: 'tester', org, requestId: 'request-1' });
  const idempotency = (org: string, key: string | undefined, operation: string, asked: unknown) =>
    key === undefined
      ? undefined
      : createIdempotency(services.keyedHash, actor(org), key, operation, asked, services.now());
  return {
    submit: async (submission: Submission, { org = 'default', key }: { org?: string; key?: string } = {}) => {
      const { feedback } = await submitFeedback(
        services,
        actor(org),
        submission,
        idempotency(org, key, 'submit', submission),
      );
      return feedback.id;
    },
    submitBatch: (submissions: readonly Submission[], org = 'default') =>
      submitBatch(services, actor(org), submissions),
    link: (feedbackId: string, adapterId: string, org = 'default') =>
      linkFeedback(services, actor(org), { feedbackId, adapterId, metadata: { why: 'tried' } }),
    unlink: (feedbackId: string, adapterId: string, org = 'default') =>
      unlinkFeedback(services, actor(org), { feedbackId, adapterId }),
    register: (id: string, derivedFrom: readonly string[], org = 'default') =>
      registerAdapter(services, actor(org), { id, version: 'v1', derivedFrom }),
    markUsed: (ids: readonly string[], batch: number, org = 'default') =>
      markUsedForTraining(services, actor(org), { feedbackIds: ids, trainingBatchId: batch }),
    claim: (adapterId: string, org = 'default') =>
      createTrainingBatch(services, actor(org), {
        filter: { adapterId },
        newestFirst: false,
        limit: 100,
        holdout: 0,
        leaseMinutes: 60,
      }),
    review: (id: string, verdict: Review['verdict'], org = 'default') =>
      reviewFeedback(services, actor(org), id, { verdict }),
    withdraw: (id: string, org = 'default') => reviseFeedback(services, actor(org), id, { withdrawn: true }),
    /** A candidate with an evaluation, in an organization that has rules of its own. */
    stage: async (adapterId: string, org = 'default') => {
      await setPromotionRules(services, actor(org), [{ kind: 'entries', stage: 'production', atLeast: 1 }]);
      await recordEvaluations(services, actor(org), adapterId, [{ name: 'accuracy', value: 0.9, dataset: 'a:b' }]);
      const request = { adapterId, stage: 'candidate', rules: [], retire: [], force: false } as const;
      await promoteAdapter(services, actor(org), request, (work) => store.read(work));
    },
    saveView: (name: string, isShared: boolean, org = 'default') =>
      createSavedView(services, actor(org), { name, filter: { tag: 'billing' }, columns: ['question'], isShared }),
    startBulk: async (change: BulkChange, ids: readonly string[], org = 'default') =>
      startBulkOperation(services, actor(org), { selection: { ids }, change }),
    finishBulk: (id: string, org = 'default') => finishBulkOperation(services, org, id),
    /** A webhook with two deliveries that wait for one another. */
    createWebhook: async (org = 'default') => {
      const content = {
        url: 'http://localhost/',
        events: ['feedback.erased'],
        filter: {},
        includesEntry: false,
      } as const;
      const { id } = await createWebhook({ ...services, webhooks }, actor(org), content);
      const test = () => testWebhook({ ...services, webhooks }, actor(org), id);
      return { webhook: id, deliveries: [await test(), await test()] as const };
    },
    noteOfOrganization: (org = 'default') =>
      store.transact((transaction) =>
        recordOrganizationEvent(transaction, actor(org), { at: services.now(), action: 'feedback.erase' }),
      ),
    erase: (id: string, org = 'default') => eraseFeedback(services, actor(org), id),
  };
}

export type Domain = Awaited<ReturnType<typeof domainOf>>;
