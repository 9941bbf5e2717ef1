/** A parameter that is there once; RFC 6749 (3.1) allows none of them twice. */
export function single(parameters: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = parameters.getAll(name);
  return more.length === 0 && value !== '' ? value : undefined;
}
