import { Field } from '../../components/field.js';
import { useMessages } from '../../messages/messages.js';
import type { BulkChangeInput } from './documents.generated.js';
import { feedbackMessages } from './messages.js';

export type BulkActionName = 'APPROVE' | 'REJECT' | 'TAG' | 'LINK';

/** What somebody writes for a change of many entries. */
export interface BulkDraft {
  readonly reason: string;
  readonly addTags: string;
  readonly removeTags: string;
  readonly adapterId: string;
}

export const EMPTY_DRAFT: BulkDraft = { reason: '', addTags: '', removeTags: '', adapterId: '' };

const toTags = (list: string): string[] =>
  [...new Set(list.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');

/** The change for the API; undefined while something is missing. */
export function toChange(action: BulkActionName, draft: BulkDraft): BulkChangeInput | undefined {
  if (action === 'LINK') {
    const adapterId = draft.adapterId.trim();
    return adapterId === '' ? undefined : { action, adapterId };
  }
  if (action === 'TAG') {
    const addTags = toTags(draft.addTags);
    const removeTags = toTags(draft.removeTags);
    if (addTags.length + removeTags.length === 0) return undefined;
    return { action, ...(addTags.length > 0 && { addTags }), ...(removeTags.length > 0 && { removeTags }) };
  }
  const reason = draft.reason.trim();
  return { action, ...(reason !== '' && { reason }) };
}

interface BulkFieldsProps {
  readonly action: BulkActionName;
  readonly draft: BulkDraft;
  readonly onChange: (part: Partial<BulkDraft>) => void;
}

export function BulkFields({ action, draft, onChange }: BulkFieldsProps) {
  const { bulk } = useMessages(feedbackMessages);
  const field = (name: keyof BulkDraft, label: string, hint?: string, isFirst = true) => (
    <Field
      label={label}
      hint={hint}
      value={draft[name]}
      dir="auto"
      data-autofocus={isFirst || undefined}
      onChange={({ target }) => onChange({ [name]: target.value })}
    />
  );
  if (action === 'LINK') return field('adapterId', bulk.adapter);
  if (action === 'TAG') {
    return (
      <>
        {field('addTags', bulk.addTags, bulk.tagsHint)}
        {field('removeTags', bulk.removeTags, bulk.tagsHint, false)}
      </>
    );
  }
  return field('reason', bulk.reason, bulk.reasonHint);
}
