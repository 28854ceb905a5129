import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import type { Problem } from '../../api/problem.js';
import { Field, Select } from '../../components/field.js';
import { FormDialog } from '../../components/form-dialog.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import { CreateWebhookDocument, type WebhookEvent } from './documents.generated.js';
import styles from './settings.module.css';
import { EVENT_NAMES, EVENTS } from './webhook-events.js';
import { webhookMessages } from './webhook-messages.js';

const TYPES = ['POSITIVE', 'NEGATIVE', 'PREFERENCE'] as const;
const STATUSES = ['PENDING', 'APPROVED', 'FLAGGED', 'REJECTED'] as const;

export interface CreateWebhookProps {
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

export function CreateWebhook({ onClose, onCreated }: CreateWebhookProps) {
  const texts = useMessages(webhookMessages);
  const { types, statuses } = useMessages(commonMessages);
  const [text, setText] = useState({ url: '', description: '', adapter: '', tag: '', threshold: '100' });
  const [type, setType] = useState<'' | (typeof TYPES)[number]>('');
  const [status, setStatus] = useState<'' | (typeof STATUSES)[number]>('');
  const [events, setEvents] = useState<readonly WebhookEvent[]>(['FEEDBACK_SUBMITTED']);
  const [includesEntry, setIncludesEntry] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const create = useApiMutation(CreateWebhookDocument);

  const wantsReady = events.includes('TRAINING_READY');
  const isThresholdValid = /^[1-9]\d{0,8}$/.test(text.threshold);
  const url = text.url.trim();
  const submit = async (): Promise<void> => {
    setIsTried(true);
    if (url === '' || events.length === 0 || (wantsReady && !isThresholdValid)) return;
    setIsBusy(true);
    setProblem(undefined);
    const outcome = await create({
      input: {
        url,
        events: [...events],
        includesEntry,
        description: text.description.trim() || null,
        filter: {
          type: type || null,
          validationStatus: status || null,
          adapterId: text.adapter.trim() || null,
          tag: text.tag.trim() || null,
        },
        trainingReady: wantsReady
          ? { threshold: Number(text.threshold), adapterId: text.adapter.trim() || null }
          : null,
      },
    });
    setIsBusy(false);
    if (outcome.ok) onCreated(outcome.data.createWebhook.secret);
    else setProblem(outcome.problem);
  };
  const line = (name: keyof typeof text, label: string) => (
    <Field
      label={label}
      value={text[name]}
      spellCheck={false}
      autoComplete="off"
      onChange={({ target }) => setText({ ...text, [name]: target.value })}
    />
  );
  return (
    <FormDialog
      title={texts.create}
      action={texts.createDo}
      isBusy={isBusy}
      problem={problem}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Field
        label={texts.url}
        hint={texts.urlHint}
        type="url"
        value={text.url}
        spellCheck={false}
        autoComplete="off"
        error={isTried && url === '' ? texts.urlError : undefined}
        onChange={({ target }) => setText({ ...text, url: target.value })}
      />
      {line('description', texts.description)}
      <fieldset className={styles['choices']}>
        <legend>{texts.events}</legend>
        {EVENTS.map((event) => (
          <label key={event} className={styles['choice']}>
            <input
              type="checkbox"
              checked={events.includes(event)}
              onChange={({ target }) =>
                setEvents(target.checked ? [...events, event] : events.filter((each) => each !== event))
              }
            />
            <code>{EVENT_NAMES[event]}</code>
          </label>
        ))}
        {isTried && events.length === 0 && <p role="alert">{texts.eventsError}</p>}
      </fieldset>
      {wantsReady && (
        <Field
          label={texts.threshold}
          inputMode="numeric"
          value={text.threshold}
          error={isThresholdValid ? undefined : texts.thresholdError}
          onChange={({ target }) => setText({ ...text, threshold: target.value })}
        />
      )}
      <fieldset className={styles['choices']}>
        <legend>{texts.filter}</legend>
        <Select
          label={texts.judgement}
          value={type}
          options={[{ value: '', label: texts.any }, ...TYPES.map((value) => ({ value, label: types[value] }))]}
          onChange={setType}
        />
        <Select
          label={texts.status}
          value={status}
          options={[{ value: '', label: texts.any }, ...STATUSES.map((value) => ({ value, label: statuses[value] }))]}
          onChange={setStatus}
        />
        {line('adapter', texts.adapter)}
        {line('tag', texts.tag)}
      </fieldset>
      <label className={styles['choice']}>
        <input type="checkbox" checked={includesEntry} onChange={({ target }) => setIncludesEntry(target.checked)} />
        {texts.include}
      </label>
    </FormDialog>
  );
}
