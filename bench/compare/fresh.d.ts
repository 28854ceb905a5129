export const FRESH: string;
