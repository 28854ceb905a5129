/** Defines `<feedback-thumbs>` when it is loaded. */
import { defineFeedbackThumbs } from './element.js';

defineFeedbackThumbs();
