import { useState } from 'react';
import type { Outcome, Problem } from '../../api/problem.js';
import { Field, Select } from '../../components/field.js';
import { FormDialog } from '../../components/form-dialog.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import type { WebhookEvent } from './documents.generated.js';
import styles from './settings.module.css';
import { isWholeNumber, toWebhookInput, type WebhookDraft, type WrittenWebhook } from './webhook-draft.js';
import { EVENT_NAMES, EVENTS } from './webhook-events.js';
import { webhookMessages } from './webhook-messages.js';

const TYPES = ['POSITIVE', 'NEGATIVE', 'PREFERENCE'] as const;
const STATUSES = ['PENDING', 'APPROVED', 'FLAGGED', 'REJECTED'] as const;
/** As the server has it, seconds. */
const MAX_COOLDOWN = 30 * 24 * 60 * 60;

export interface WebhookFormProps<Saved> {
  readonly title: string;
  readonly action: string;
  readonly initial: WebhookDraft;
  readonly save: (webhook: WrittenWebhook) => Promise<Outcome<Saved>>;
  readonly onSaved: (saved: Saved) => void;
  readonly onClose: () => void;
}

/** What a webhook is told of, and where. What was written stays while it cannot be saved. */
export function WebhookForm<Saved>({ title, action, initial, save, onSaved, onClose }: WebhookFormProps<Saved>) {
  const texts = useMessages(webhookMessages);
  const { types, statuses } = useMessages(commonMessages);
  const [draft, setDraft] = useState(initial);
  const [isTried, setIsTried] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const { events } = draft;
  const change = (changed: Partial<WebhookDraft>): void => setDraft({ ...draft, ...changed });

  const wantsReady = events.includes('TRAINING_READY');
  const thresholdError = isWholeNumber(draft.threshold, 1, 1_000_000_000) ? undefined : texts.thresholdError;
  const cooldownError = isWholeNumber(draft.cooldown, 0, MAX_COOLDOWN) ? undefined : texts.cooldownError(MAX_COOLDOWN);
  const isReadyWrong = wantsReady && (thresholdError !== undefined || cooldownError !== undefined);
  const isUrlMissing = draft.url.trim() === '';
  const submit = async (): Promise<void> => {
    setIsTried(true);
    if (isUrlMissing || events.length === 0 || isReadyWrong) return;
    setIsBusy(true);
    setProblem(undefined);
    const outcome = await save(toWebhookInput(draft));
    setIsBusy(false);
    if (outcome.ok) onSaved(outcome.data);
    else setProblem(outcome.problem);
  };
  const line = (
    name: 'url' | 'description' | 'adapter' | 'tag' | 'threshold' | 'cooldown' | 'watchedAdapter',
    look: { readonly label: string; readonly hint?: string; readonly error?: string | undefined },
  ) => (
    <Field
      {...look}
      type={name === 'url' ? 'url' : 'text'}
      value={draft[name]}
      spellCheck={false}
      autoComplete="off"
      inputMode={name === 'threshold' || name === 'cooldown' ? 'numeric' : undefined}
      onChange={({ target }) => change({ [name]: target.value })}
    />
  );
  const setEvent = (event: WebhookEvent, isChosen: boolean): void =>
    change({ events: isChosen ? [...events, event] : events.filter((each) => each !== event) });
  return (
    <FormDialog
      title={title}
      action={action}
      isBusy={isBusy}
      problem={problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {line('url', {
        label: texts.url,
        hint: texts.urlHint,
        error: isTried && isUrlMissing ? texts.urlError : undefined,
      })}
      {line('description', { label: texts.description })}
      <fieldset className={styles['choices']}>
        <legend>{texts.events}</legend>
        {EVENTS.map((event) => (
          <label key={event} className={styles['choice']}>
            <input
              type="checkbox"
              checked={events.includes(event)}
              onChange={({ target }) => setEvent(event, target.checked)}
            />
            <code>{EVENT_NAMES[event]}</code>
          </label>
        ))}
        {isTried && events.length === 0 && <p role="alert">{texts.eventsError}</p>}
      </fieldset>
      {wantsReady && (
        <fieldset className={styles['choices']}>
          <legend>
            <code>{EVENT_NAMES.TRAINING_READY}</code>
          </legend>
          {line('threshold', { label: texts.threshold, error: thresholdError })}
          {line('watchedAdapter', { label: texts.watchedAdapter, hint: texts.watchedAdapterHint })}
          {line('cooldown', { label: texts.cooldown, error: cooldownError })}
        </fieldset>
      )}
      <fieldset className={styles['choices']}>
        <legend>{texts.filter}</legend>
        <Select
          label={texts.judgement}
          value={draft.type}
          options={[{ value: '', label: texts.any }, ...TYPES.map((value) => ({ value, label: types[value] }))]}
          onChange={(type) => change({ type })}
        />
        <Select
          label={texts.status}
          value={draft.status}
          options={[{ value: '', label: texts.any }, ...STATUSES.map((value) => ({ value, label: statuses[value] }))]}
          onChange={(status) => change({ status })}
        />
        {line('adapter', { label: texts.adapter })}
        {line('tag', { label: texts.tag })}
      </fieldset>
      <label className={styles['choice']}>
        <input
          type="checkbox"
          checked={draft.includesEntry}
          onChange={({ target }) => change({ includesEntry: target.checked })}
        />
        {texts.include}
      </label>
    </FormDialog>
  );
}
