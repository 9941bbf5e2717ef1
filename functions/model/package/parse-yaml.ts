import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { Failure } from '../../core/errors.ts';

/** Uses of anchors in a description; those of the zoo have none. */
const mostAliases = 100;

/**
 * Parses the YAML of a stranger, in time that grows with its length. `name`: of the file, for the message. Throws
 * `modelBroken` for what is no YAML, has a key twice, nests too deep, or refers to itself so often that it would grow.
 */
export function parseYaml(text: string, name: string): unknown {
  const broken = (detail: string, cause?: unknown) =>
    new Failure('modelBroken', { detail: `${name}: ${detail}` }, { cause });
  try {
    // The library's own search for keys that stand twice compares each with all before it.
    const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
    const error = document.errors[0];
    if (error) throw broken(wordsOf(error.message));
    visit(document, { Map: (_, map) => checkKeys(map, broken) });
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    if (error instanceof Failure) throw error;
    // Of the library: a stack that ends (RangeError), an alias too many (ReferenceError).
    throw broken(error instanceof RangeError ? 'it nests too deep' : (error as Error).message, error);
  }
}

/** Of a stack that ends, which the library takes for a mistake in the text. */
const wordsOf = (message: string): string =>
  /call stack/.test(message) ? 'it nests too deep' : message.split('\n')[0]!;

function checkKeys(map: unknown, broken: (detail: string) => Failure): void {
  if (!isMap(map)) return;
  const keys = new Set<unknown>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (keys.has(key.value)) throw broken(`the key ${String(key.value)} stands twice`);
    keys.add(key.value);
  }
}
