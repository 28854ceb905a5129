export function environmentOf(
  node: string,
  additions?: Readonly<Record<string, string>>,
): Readonly<Record<string, string>>;
