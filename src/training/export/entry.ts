import type { Feedback } from '../../feedback/model.js';
import { present } from '../../present.js';

/** An entry as the documented API shows it (spec, "One entry"). Times are epoch ms. */
export function entryOf(feedback: Feedback): object {
  return {
    id: feedback.id,
    type: feedback.type,
    question: feedback.question,
    answer: feedback.answer,
    ...present({
      user_id: feedback.userId,
      interaction_id: feedback.interactionId,
      correction: feedback.correction,
      comment: feedback.comment,
    }),
    validation_status: feedback.validationStatus,
    validation_reasons: feedback.validationReasons,
    ...present({
      model_version: feedback.modelVersion,
      adapter_id: feedback.adapterId,
      adapter_version: feedback.adapterVersion,
      external_id: feedback.externalId,
    }),
    used_for_training: feedback.use === 'used',
    training_batch_id: feedback.trainingBatchId,
    created_at: feedback.createdAt,
    version: feedback.version,
  };
}
