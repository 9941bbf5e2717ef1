/** One element; names without their namespace prefix. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decode = (value: string): string =>
  value.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/g, (whole, entity: string) => {
    if (!entity.startsWith('#')) return entities[entity] ?? whole;
    const point = Number.parseInt(entity.slice(entity[1] === 'x' ? 2 : 1), entity[1] === 'x' ? 16 : 10);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|[^<]+/y;
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Parses well-formed XML without entities of its own (there are none in OME-XML). Undefined where it is not well-formed. */
export function parseXml(source: string): XmlElement | undefined {
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  token.lastIndex = source.startsWith('\ufeff') ? 1 : 0;
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    if (match === null) return undefined;
    const [whole, cdata, closed, started, inside, alone] = match;
    const inner = open.at(-1)!;
    if (cdata !== undefined) inner.text += cdata;
    else if (closed !== undefined) {
      if (open.length === 1 || inner.name !== local(closed)) return undefined;
      open.pop();
    } else if (started !== undefined) {
      const element: XmlElement = { name: local(started), attributes: {}, children: [], text: '' };
      for (const [, name, double, single] of inside!.matchAll(attribute))
        element.attributes[local(name!)] = decode(double ?? single ?? '');
      inner.children.push(element);
      if (alone === '') open.push(element);
    } else if (!whole.startsWith('<')) inner.text += decode(whole);
  }
  return open.length === 1 ? top.children[0] : undefined;
}

export const childrenNamed = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);
