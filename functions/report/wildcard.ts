/**
 * `*` stands for anything within a folder, `**` for anything, `?` for one character. The whole path must fit. Matches in time
 * that grows with path times pattern, whatever the pattern: no regular expression, which may try every way.
 */
export function wildcard(pattern: string): { test(path: string): boolean } {
  const parts = pattern.match(/\*{2,}\/?|\*|\?|[^*?]/gu) ?? [];
  return {
    test(path) {
      const characters = [...path];
      // reached[i]: the parts so far can take the first i characters
      let reached = new Array<boolean>(characters.length + 1).fill(false);
      reached[0] = true;
      for (const part of parts) reached = after(part, reached, characters);
      return reached[characters.length]!;
    },
  };
}

function after(part: string, reached: readonly boolean[], characters: readonly string[]): boolean[] {
  const next = new Array<boolean>(reached.length).fill(false);
  for (let i = 0; i < reached.length; i++) {
    if (part.startsWith('*')) {
      const before = i > 0 && next[i - 1]! && (part !== '*' || characters[i - 1] !== '/');
      next[i] = reached[i]! || before;
    } else if (i > 0 && reached[i - 1]!) {
      next[i] = part === '?' ? characters[i - 1] !== '/' : characters[i - 1] === part;
    }
  }
  if (!part.endsWith('/') || part === '/') return next;
  // `**/`: nothing, or whole folders
  return next.map((isReached, i) => isReached && (characters[i - 1] === '/' || reached[i]!));
}
