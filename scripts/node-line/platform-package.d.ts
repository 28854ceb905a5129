export function platformPackage(platform: string, arch: string): string;
export function isNodeLine(text: string): boolean;
export function npmRange(line: string): string;
