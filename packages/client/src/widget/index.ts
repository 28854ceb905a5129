import type { FeedbackFailedDetail, FeedbackSentDetail, FeedbackThumbsElement } from './element.js';

export {
  defineFeedbackThumbs,
  type FeedbackFailedDetail,
  type FeedbackSentDetail,
  type FeedbackThumbsElement,
  type FeedbackThumbsProperties,
} from './element.js';
export type { ThumbsLabels, ThumbsReasons } from './labels.js';
export type { ThumbsState, Verdict } from './view.js';
export { tokenFrom } from '../token.js';

declare global {
  interface HTMLElementTagNameMap {
    'feedback-thumbs': FeedbackThumbsElement;
  }
  interface HTMLElementEventMap {
    'feedback-sent': CustomEvent<FeedbackSentDetail>;
    'feedback-failed': CustomEvent<FeedbackFailedDetail>;
  }
}
