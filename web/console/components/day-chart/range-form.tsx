import { useState } from 'react';
import { useMessages } from '../../messages/messages.js';
import { Button } from '../button.js';
import { Field } from '../field.js';
import styles from './day-chart.module.css';
import type { DayCounts } from './days.js';
import { dayChartMessages } from './messages.js';

export interface RangeFormProps {
  readonly days: readonly DayCounts[];
  readonly onRange: (since: string, until: string) => void;
}

/** The way by keyboard to the days that a pointer drags over. */
export function RangeForm({ days, onRange }: RangeFormProps) {
  const texts = useMessages(dayChartMessages);
  const first = days[0]?.day ?? '';
  const last = days.at(-1)?.day ?? '';
  const [chosen, setChosen] = useState<{ readonly since?: string; readonly until?: string }>({});
  const since = chosen.since ?? first;
  const until = chosen.until ?? last;
  return (
    <form
      className={styles['range']}
      onSubmit={(event) => {
        event.preventDefault();
        if (since !== '' && until !== '') onRange(since < until ? since : until, since < until ? until : since);
      }}
    >
      <p className={styles['advice']}>{texts.dragAdvice}</p>
      <div className={styles['days']}>
        <Field
          label={texts.from}
          type="date"
          required
          max={last}
          value={since}
          onChange={({ target }) => setChosen({ ...chosen, since: target.value })}
        />
        <Field
          label={texts.to}
          type="date"
          required
          max={last}
          value={until}
          onChange={({ target }) => setChosen({ ...chosen, until: target.value })}
        />
      </div>
      <Button type="submit">{texts.show}</Button>
    </form>
  );
}
