import type { ComponentProps, MouseEvent } from 'react';
import { navigate } from './location.js';

type LinkProps = Omit<ComponentProps<'a'>, 'href'> & {
  /** An address made by `routePath`. */
  readonly href: string;
};

/** A link within the console, which changes the screen without loading the page again. */
export function Link({ href, onClick, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || opensElsewhere(event)) return;
        event.preventDefault();
        navigate(href);
      }}
    />
  );
}

/** Whether the browser has been asked for a new tab, a new window or a download. */
function opensElsewhere(event: MouseEvent<HTMLAnchorElement>): boolean {
  const link = event.currentTarget;
  return (
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey ||
    (link.target !== '' && link.target !== '_self') ||
    link.hasAttribute('download')
  );
}
