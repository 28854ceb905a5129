const PATHS = {
  overview: 'M2 13V8m4 5V3m4 10V6m4 7V9',
  feedback: 'M2 3h12v8H7l-3 3v-3H2z',
  review: 'M2 8.5l3.5 3.5L14 4',
  adapters: 'M8 2v4M8 6L3 10v3M8 6l5 4v3',
  training: 'M8 2l6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3',
  audit: 'M3 2h7l3 3v9H3zM6 7h4M6 10h4',
  settings: 'M2 5h7m3 0h2M2 11h2m3 0h7M10.5 3.5v3M5.5 9.5v3',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zm4-1l3 3',
  more: 'M2.5 8h1M7.5 8h1M12.5 8h1',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3 3l10 10M13 3L3 13',
  up: 'M5 14V7l3-5 1.5 1L9 6h4.5l-1 8zM2 7h1v7H2z',
  down: 'M5 2v7l3 5 1.5-1L9 10h4.5l-1-8zM2 2h1v7H2z',
  versus: 'M5 4L2 8l3 4M11 4l3 4-3 4',
  chevron: 'M4 6l4 4 4-4',
  user: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm-6 6c0-3 3-4 6-4s6 1 6 4',
  keyboard: 'M1 4h14v8H1zM4 7h.01M7 7h.01M10 7h.01M12.5 7h.01M5 10h6',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside or in place of a text, which says the same: it is never read out. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
