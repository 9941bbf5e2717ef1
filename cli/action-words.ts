/** Commands by the value of AI_ACTION. */
const commands = new Map([
  ['predict', 'run'],
  ['train', 'train'],
]);

/**
 * Understands `AI_ACTION=predict PATH=images` in front of the other arguments, in either order, as `run images`: these words
 * come after an image's name in the scripts of labs. Arguments that do not begin so, or name another action, stay as they are.
 */
export function withActionWords(args: readonly string[]): string[] {
  const words: Partial<Record<string, string>> = {};
  let count = 0;
  for (const arg of args) {
    const [, name, value] = /^(AI_ACTION|PATH)=(.*)$/s.exec(arg) ?? [];
    if (name === undefined || name in words) break;
    words[name] = value!;
    count++;
  }
  const command = commands.get(words.AI_ACTION ?? '');
  if (command === undefined) return [...args];
  return [command, ...(words.PATH === undefined ? [] : [words.PATH]), ...args.slice(count)];
}
