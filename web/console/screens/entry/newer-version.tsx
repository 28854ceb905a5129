import { useState } from 'react';
import { useLiveEvents } from '../../api/live.js';
import { Button } from '../../components/button.js';
import { useMessages } from '../../messages/messages.js';
import { EntryDecisionsDocument } from './documents.generated.js';
import type { Entry } from './entry-data.js';
import styles from './entry.module.css';
import { entryMessages } from './messages.js';

export interface NewerVersionProps {
  readonly entry: Entry;
  readonly onLoad: () => void;
}

/** Says that somebody else has decided on the entry; what is being read stays until its reader asks for the new version. */
export function NewerVersion({ entry, onLoad }: NewerVersionProps) {
  const { newer, load } = useMessages(entryMessages);
  const [version, setVersion] = useState(0);
  useLiveEvents(EntryDecisionsDocument, {}, ({ feedbackReviewed }) => {
    if (feedbackReviewed.id === entry.id) setVersion(feedbackReviewed.version);
  });
  return (
    <div role="status" className={styles['newer']} hidden={version <= entry.version}>
      {version > entry.version && (
        <>
          <span>{newer}</span>
          <Button size="small" onClick={onLoad}>
            {load}
          </Button>
        </>
      )}
    </div>
  );
}
