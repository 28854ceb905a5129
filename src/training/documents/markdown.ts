/**
 * What nobody sees, or what turns the direction of the text behind it. Names have no control characters; joiners are left, of
 * which emoji are made.
 */
const UNSEEN = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** Names are a trainer's own: none breaks out of its place in a table or a list, or hides what it says. */
export function escapeMarkdown(name: string): string {
  return name
    .replaceAll(/[\\|`*_[\]<>&~$]/g, (sign) => `\\${sign}`)
    .replaceAll(UNSEEN, (sign) => `(U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')})`);
}

const COUNT = new Intl.NumberFormat('en-US');

export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** The day of a time (epoch ms) in UTC. */
export function formatDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
