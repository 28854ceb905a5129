/** What the address of the screen may say. */
export const RANGES = ['7', '28', '90', '365'] as const;
export type Range = (typeof RANGES)[number];

export const LOOKS = ['chart', 'table'] as const;
export type Look = (typeof LOOKS)[number];
