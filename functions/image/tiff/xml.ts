/** One element; names without their namespace prefix. */
export interface XmlElement {
  readonly name: string;
  /** Decoded anew at each use: of thousands of elements most are never asked. */
  readonly attributes: Record<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Deeper than any writer nests; what is deeper is not read. */
const deepest = 256;
const none: readonly XmlElement[] = [];

class Element implements XmlElement {
  readonly name: string;
  readonly #source: string;
  readonly #attributesAt: number;
  children: readonly XmlElement[] = none;
  text = '';

  constructor(name: string, source: string, attributesAt: number) {
    this.name = name;
    this.#source = source;
    this.#attributesAt = attributesAt;
  }

  get attributes(): Record<string, string> {
    const found: Record<string, string> = {};
    walkAttributes(this.#source, this.#attributesAt, (name, value) => {
      found[local(name)] = decode(value);
    });
    return found;
  }

  add(child: Element): void {
    if (this.children === none) this.children = [child];
    else (this.children as Element[]).push(child);
  }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decode = (value: string): string =>
  value.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/g, (whole, entity: string) => {
    if (!entity.startsWith('#')) return entities[entity] ?? whole;
    const point = Number.parseInt(entity.slice(entity[1] === 'x' ? 2 : 1), entity[1] === 'x' ? 16 : 10);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
const [slash, equals, more, doubleQuote, singleQuote] = [0x2f, 0x3d, 0x3e, 0x22, 0x27];

const skipSpace = (source: string, at: number): number => {
  let end = at;
  while (isSpace(source.charCodeAt(end))) end++;
  return end;
};

/** Behind the name that starts at `at`: up to space, `/`, `>`, `=` or the source's end. */
function nameEnd(source: string, at: number): number {
  let end = at;
  for (; end < source.length; end++) {
    const code = source.charCodeAt(end);
    if (code === slash || code === more || code === equals || isSpace(code)) break;
  }
  return end;
}

/** Goes over the attributes of a tag to its `/` or `>`, and returns where that is; -1 where they are not well-formed. */
function walkAttributes(source: string, start: number, each?: (name: string, value: string) => void): number {
  for (let at = skipSpace(source, start); ; at = skipSpace(source, at)) {
    const first = source.charCodeAt(at);
    if (first === slash || first === more) return at;
    const end = nameEnd(source, at);
    const sign = skipSpace(source, end);
    if (end === at || source.charCodeAt(sign) !== equals) return -1;
    const opening = skipSpace(source, sign + 1);
    const quote = source.charCodeAt(opening);
    if (quote !== doubleQuote && quote !== singleQuote) return -1;
    const closing = source.indexOf(quote === doubleQuote ? '"' : "'", opening + 1);
    if (closing === -1) return -1;
    each?.(source.slice(at, end), source.slice(opening + 1, closing));
    at = closing + 1;
  }
}

/** Behind a comment, a processing instruction or a document type at `at`; -1 where it does not end or defines entities. */
function skipAside(source: string, at: number): number {
  const [from, to] = source.startsWith('<!--', at) ? [4, '-->'] : source.startsWith('<?', at) ? [2, '?>'] : [2, '>'];
  const end = source.indexOf(to, at + from);
  if (end === -1 || (to === '>' && source.slice(at, end).includes('['))) return -1;
  return end + to.length;
}

const isAside = (source: string, at: number): boolean =>
  source.startsWith('<?', at) || (source.startsWith('<!', at) && !source.startsWith('<![CDATA[', at));

/** Name of the first element without its prefix, however the rest is formed; undefined where the source is no XML. */
export function rootName(source: string): string | undefined {
  let at = skipSpace(source, source.charCodeAt(0) === 0xfeff ? 1 : 0);
  while (isAside(source, at)) {
    const end = skipAside(source, at);
    if (end === -1) return undefined;
    at = skipSpace(source, end);
  }
  if (source[at] !== '<') return undefined;
  return local(source.slice(at + 1, nameEnd(source, at + 1)));
}

/**
 * Parses well-formed XML, without entities of its own (there are none in OME-XML). Undefined where it is not well-formed. One
 * pass, in time and memory proportional to the source. `keep`: below the root only elements of these names are built, and
 * what is in others is left out.
 */
export function parseXml(source: string, keep?: ReadonlySet<string>): XmlElement | undefined {
  let root: Element | undefined;
  const open: { name: string; element: Element | undefined }[] = [];
  for (let at = source.charCodeAt(0) === 0xfeff ? 1 : 0; at < source.length; ) {
    const inner = open.at(-1)?.element;
    if (source[at] !== '<') {
      const next = source.indexOf('<', at);
      const end = next === -1 ? source.length : next;
      if (inner !== undefined && (inner.text !== '' || skipSpace(source, at) < end))
        inner.text += decode(source.slice(at, end));
      at = end;
    } else if (source.startsWith('<![CDATA[', at)) {
      const end = source.indexOf(']]>', at);
      if (end === -1) return undefined;
      if (inner !== undefined) inner.text += source.slice(at + 9, end);
      at = end + 3;
    } else if (isAside(source, at)) {
      at = skipAside(source, at);
      if (at === -1) return undefined;
    } else if (source.startsWith('</', at)) {
      const end = nameEnd(source, at + 2);
      const behind = skipSpace(source, end);
      if (source[behind] !== '>' || open.pop()?.name !== local(source.slice(at + 2, end))) return undefined;
      at = behind + 1;
    } else {
      const end = nameEnd(source, at + 1);
      const behind = walkAttributes(source, end);
      if (end === at + 1 || behind === -1 || open.length > deepest) return undefined;
      const name = local(source.slice(at + 1, end));
      const isKept = open.length === 0 ? root === undefined : inner !== undefined && (keep?.has(name) ?? true);
      const element = isKept ? new Element(name, source, end) : undefined;
      if (element !== undefined) {
        root ??= element;
        inner?.add(element);
      }
      const alone = source.charCodeAt(behind) === slash;
      if (alone && source.charCodeAt(behind + 1) !== more) return undefined;
      if (!alone) open.push({ name, element });
      at = behind + (alone ? 2 : 1);
    }
  }
  return open.length === 0 ? root : undefined;
}

export const childrenNamed = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);
