import type { ComponentProps } from 'react';
import styles from './button.module.css';
import { classNames } from './class-names.js';

export interface ButtonLook {
  readonly look?: 'primary' | 'secondary' | 'quiet' | 'danger';
  readonly size?: 'medium' | 'small';
}

/** The classes of a button, for links and Ariakit's parts that look like one. */
export function buttonClass(
  { look = 'secondary', size = 'medium' }: ButtonLook = {},
  ...more: (string | undefined)[]
): string {
  return classNames(styles['button'], styles[look], size === 'small' && styles['small'], ...more);
}

export function Button({ look, size, className, type = 'button', ...rest }: ComponentProps<'button'> & ButtonLook) {
  return (
    <button
      {...rest}
      type={type}
      className={buttonClass({ ...(look && { look }), ...(size && { size }) }, className)}
    />
  );
}

/** A button that is an icon alone; its label is read out and shown as a hint. */
export function IconButton({ label, className, ...rest }: ComponentProps<typeof Button> & { readonly label: string }) {
  return (
    <Button look="quiet" {...rest} aria-label={label} title={label} className={classNames(styles['icon'], className)} />
  );
}
