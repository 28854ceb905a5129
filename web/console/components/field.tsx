import { type ComponentProps, type ReactNode, useId } from 'react';
import styles from './field.module.css';

interface FieldLook {
  readonly label: string;
  /** Whether the label is for screen readers alone, where the place says what the field is. */
  readonly hidesLabel?: boolean;
  readonly hint?: ReactNode;
  /** What is wrong with the value; read out when it appears. */
  readonly error?: string | undefined;
}

export type FieldProps = FieldLook & Omit<ComponentProps<'input'>, 'id'>;

/** A labelled input of one line. */
export function Field({ label, hidesLabel, hint, error, ...input }: FieldProps) {
  const id = useId();
  return (
    <Labelled id={id} {...{ label, hidesLabel, hint, error }}>
      <input {...input} id={id} className={styles['input']} {...describedBy(id, hint, error)} />
    </Labelled>
  );
}

export type TextAreaProps = FieldLook & Omit<ComponentProps<'textarea'>, 'id'>;

/** A labelled input of several lines. */
export function TextArea({ label, hidesLabel, hint, error, ...textarea }: TextAreaProps) {
  const id = useId();
  return (
    <Labelled id={id} {...{ label, hidesLabel, hint, error }}>
      <textarea dir="auto" {...textarea} id={id} className={styles['input']} {...describedBy(id, hint, error)} />
    </Labelled>
  );
}

export type SelectProps<Value extends string> = FieldLook & {
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
};

/** A labelled choice of one of a few; the browser's own, which every keyboard and screen reader knows. */
export function Select<Value extends string>({ value, options, onChange, ...look }: SelectProps<Value>) {
  const id = useId();
  return (
    <Labelled id={id} {...look}>
      <select
        id={id}
        value={value}
        className={styles['input']}
        {...describedBy(id, look.hint, look.error)}
        onChange={({ target }) => {
          const chosen = options[target.selectedIndex];
          if (chosen !== undefined) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

function describedBy(id: string, hint: ReactNode, error: string | undefined) {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return {
    'aria-invalid': error !== undefined || undefined,
    'aria-describedby': ids.length === 0 ? undefined : ids.join(' '),
  };
}

type LabelledProps = { readonly id: string; readonly children: ReactNode } & {
  readonly [Name in keyof FieldLook]: FieldLook[Name] | undefined;
};

function Labelled({ id, label, hidesLabel, hint, error, children }: LabelledProps) {
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={hidesLabel === true ? 'visually-hidden' : styles['label']}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <span id={`${id}-hint`} className={styles['hint']}>
          {hint}
        </span>
      )}
      {error !== undefined && (
        <span id={`${id}-error`} role="alert" className={styles['error']}>
          {error}
        </span>
      )}
    </div>
  );
}
