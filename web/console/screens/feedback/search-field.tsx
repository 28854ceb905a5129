import { useEffect, useRef, useState } from 'react';
import { Field } from '../../components/field.js';
import { useKeys } from '../../keys/keys.js';
import { useMessages } from '../../messages/messages.js';
import { feedbackMessages } from './messages.js';

/** Milliseconds without another letter after which the list is searched. */
const PAUSE = 250;

export interface SearchFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** The search, which the list follows while it is typed. `/` leads to it. */
export function SearchField({ value, onChange }: SearchFieldProps) {
  const { search, searchHint, toSearch } = useMessages(feedbackMessages);
  const [typed, setTyped] = useState(value);
  const [followed, setFollowed] = useState(value);
  const box = useRef<HTMLDivElement>(null);
  // Changed by something else, as by the way back or by a view.
  if (value !== followed) {
    setFollowed(value);
    setTyped(value);
  }
  const commit = useRef(onChange);
  useEffect(() => {
    commit.current = onChange;
  });
  const send = (text: string): void => {
    setFollowed(text);
    if (text !== value) onChange(text);
  };
  useEffect(() => {
    if (typed === followed) return;
    const timer = setTimeout(() => {
      setFollowed(typed);
      commit.current(typed);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed, followed]);
  useKeys({ '/': { label: toSearch, run: () => box.current?.querySelector('input')?.focus() } });
  return (
    <div ref={box}>
      <Field
        type="search"
        label={search}
        hidesLabel
        placeholder={searchHint}
        value={typed}
        maxLength={500}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') send(typed);
        }}
      />
    </div>
  );
}
