/** Names are a trainer's own: none breaks out of its place in a table or a list. */
export function escapeMarkdown(name: string): string {
  return name.replaceAll(/[\\|`*_[\]<>]/g, (sign) => `\\${sign}`);
}

const COUNT = new Intl.NumberFormat('en-US');

export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** The day of a time (epoch ms) in UTC. */
export function formatDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
