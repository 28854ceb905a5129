import type { Moment } from '../messages/format.js';
import { useFormat } from '../messages/messages.js';

export interface TimeProps {
  readonly at: Moment;
  /** As "3 hours ago" unless the date itself is asked for. */
  readonly look?: 'relative' | 'date' | 'dateTime';
}

/** A moment in the user's language; its exact time is a hint. */
export function Time({ at, look = 'relative' }: TimeProps) {
  const format = useFormat();
  return (
    <time dateTime={new Date(at).toISOString()} title={format.dateTime(at)}>
      {format[look](at)}
    </time>
  );
}
