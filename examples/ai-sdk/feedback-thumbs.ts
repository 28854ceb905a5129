import type { FeedbackThumbsElement, FeedbackThumbsProperties } from '@feedback-graph/client/widget';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';

/** Tells React's types of `<feedback-thumbs>`: React 19 sets what is no attribute as a property. */
type ThumbsAttributes = DetailedHTMLProps<HTMLAttributes<FeedbackThumbsElement>, FeedbackThumbsElement> &
  Partial<FeedbackThumbsProperties> & {
    readonly url: string;
    readonly 'token-url'?: string;
    readonly 'interaction-id'?: string;
    readonly 'adapter-id'?: string;
  };

declare module 'react' {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the place that React gives them
  namespace JSX {
    interface IntrinsicElements {
      'feedback-thumbs': ThumbsAttributes;
    }
  }
}
