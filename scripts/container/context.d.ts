export function contextFilter(): (path: string) => boolean;
