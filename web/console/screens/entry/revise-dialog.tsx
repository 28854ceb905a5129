import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import { Field, Select, TextArea } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import { ChangeDialog } from './change-dialog.js';
import { ReviseEntryDocument, type ReviseFeedbackInput } from './documents.generated.js';
import type { Entry } from './entry-data.js';
import { entryMessages } from './messages.js';

const TYPES = ['POSITIVE', 'NEGATIVE'] as const;

export interface ReviseDialogProps {
  readonly entry: Entry;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** The submitter's change of mind: what they have said of the answer. */
export function ReviseDialog({ entry, onDone, onClose }: ReviseDialogProps) {
  const texts = useMessages(entryMessages);
  const { types } = useMessages(commonMessages);
  const revise = useApiMutation(ReviseEntryDocument);
  const [type, setType] = useState(entry.type);
  const [correction, setCorrection] = useState(entry.correction ?? '');
  const [comment, setComment] = useState(entry.comment ?? '');
  const [reason, setReason] = useState(entry.reason ?? '');
  const [tags, setTags] = useState((entry.tags ?? []).join(', '));
  const run = () => {
    const listed = [...new Set(tags.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
    const input: ReviseFeedbackInput = {
      ...(type !== entry.type && { type }),
      // Null takes away what was said.
      ...(correction !== (entry.correction ?? '') && { correction: correction === '' ? null : correction }),
      ...(comment !== (entry.comment ?? '') && { comment: comment === '' ? null : comment }),
      ...(reason !== (entry.reason ?? '') && { reason: reason === '' ? null : reason }),
      ...(tags !== (entry.tags ?? []).join(', ') && { tags: listed.length === 0 ? null : listed }),
    };
    return revise({ id: entry.id, input, version: entry.version });
  };
  return (
    <ChangeDialog title={texts.reviseTitle} action={texts.save} {...{ run, onDone, onClose }}>
      {entry.type !== 'PREFERENCE' && (
        <Select
          label={texts.judgement}
          value={type}
          options={TYPES.map((value) => ({ value, label: types[value] }))}
          onChange={setType}
        />
      )}
      <TextArea label={texts.correction} value={correction} onChange={({ target }) => setCorrection(target.value)} />
      <TextArea label={texts.comment} value={comment} onChange={({ target }) => setComment(target.value)} />
      <Field label={texts.fields.reason} value={reason} dir="auto" onChange={({ target }) => setReason(target.value)} />
      <Field
        label={texts.fields.tags}
        hint={texts.tagsHint}
        value={tags}
        dir="auto"
        onChange={({ target }) => setTags(target.value)}
      />
    </ChangeDialog>
  );
}
