import { useRef, useState } from 'react';
import { useLiveEvents } from '../../api/live.js';
import { Button } from '../../components/button.js';
import { useMessages } from '../../messages/messages.js';
import type { Row } from './columns.js';
import {
  FeedbackArrivalsDocument,
  FeedbackDecisionsDocument,
  type FeedbackFilterInput,
} from './documents.generated.js';
import styles from './feedback.module.css';
import { feedbackMessages } from './messages.js';

export interface ArrivalsProps {
  readonly filter: FeedbackFilterInput;
  /** Called with an entry that somebody has decided on. */
  readonly onDecision: (row: Row) => void;
  readonly onShow: () => void;
}

/** What others do to the list: new entries are counted, and shown when somebody asks for them, so that no row moves. */
export function Arrivals({ filter, onDecision, onShow }: ArrivalsProps) {
  const { arrived, showArrived } = useMessages(feedbackMessages);
  const seen = useRef(new Set<string>());
  const [count, setCount] = useState(0);
  useLiveEvents(FeedbackArrivalsDocument, { filter }, ({ feedbackSubmitted }) => {
    seen.current.add(feedbackSubmitted.id);
    setCount(seen.current.size);
  });
  useLiveEvents(FeedbackDecisionsDocument, {}, ({ feedbackReviewed }) => onDecision(feedbackReviewed));
  return (
    <div role="status" className={styles['arrivals']} hidden={count === 0}>
      {count > 0 && (
        <>
          <span>{arrived(count)}</span>
          <Button size="small" onClick={onShow}>
            {showArrived}
          </Button>
        </>
      )}
    </div>
  );
}
