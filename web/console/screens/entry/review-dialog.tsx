import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import { Field, TextArea } from '../../components/field.js';
import { useMessages } from '../../messages/messages.js';
import { ChangeDialog } from './change-dialog.js';
import { ReviewEntryDocument, type ReviewVerdict } from './documents.generated.js';
import type { Entry } from './entry-data.js';
import { entryMessages } from './messages.js';

export interface ReviewDialogProps {
  readonly entry: Entry;
  readonly verdict: ReviewVerdict;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Approves or rejects the entry, with a reason and a correction if there are some. */
export function ReviewDialog({ entry, verdict, onDone, onClose }: ReviewDialogProps) {
  const texts = useMessages(entryMessages);
  const review = useApiMutation(ReviewEntryDocument);
  const [reason, setReason] = useState('');
  const [correction, setCorrection] = useState(entry.correction ?? '');
  const run = () =>
    review({
      id: entry.id,
      verdict,
      version: entry.version,
      ...(reason.trim() !== '' && { reason: reason.trim() }),
      ...(correction !== (entry.correction ?? '') && { correction }),
    });
  return (
    <ChangeDialog
      title={verdict === 'APPROVE' ? texts.approveTitle : texts.rejectTitle}
      action={verdict === 'APPROVE' ? texts.approve : texts.reject}
      look={verdict === 'APPROVE' ? 'primary' : 'danger'}
      {...{ run, onDone, onClose }}
    >
      <Field
        data-autofocus
        label={texts.reviewReason}
        hint={texts.reasonHint}
        value={reason}
        maxLength={500}
        dir="auto"
        onChange={({ target }) => setReason(target.value)}
      />
      <TextArea label={texts.correction} value={correction} onChange={({ target }) => setCorrection(target.value)} />
    </ChangeDialog>
  );
}
