import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { childrenNamed, parseXml, rootName, type XmlElement } from '../../functions/image/tiff/xml.ts';
import { measuredAgain, timed } from '../support/processor-time.ts';

interface Tree {
  name: string;
  attributes: Record<string, string>;
  children: Tree[];
  text: string;
}

const name = fc.stringMatching(/^[A-Za-z][\w.-]{0,8}$/);
const text = fc.string({
  unit: fc.constantFrom('a', 'é', 'µ', '<', '>', '&', '"', "'", '=', '/', '1', ']', '-'),
  maxLength: 8,
});
const own = { name, attributes: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }), text };
const leaf = fc.record({ ...own, children: fc.constant<Tree[]>([]) });
const branch = fc.record({ ...own, children: fc.array(leaf, { maxLength: 3 }) });
const tree = fc.record({ ...own, children: fc.array(fc.oneof(leaf, branch), { maxLength: 3 }) });

const escaped = (value: string): string =>
  value.replace(
    /[<>&"']/g,
    (sign) => ({ '<': '&lt;', '>': '&#62;', '&': '&amp;', '"': '&quot;', "'": '&#x27;' })[sign]!,
  );

/** One of the many ways to write a tree; `way` chooses. */
function written({ name, attributes, children, text }: Tree, way: number): string {
  const prefix = way % 2 === 0 ? '' : 'OME:';
  const quote = way % 3 === 0 ? "'" : '"';
  const words = Object.entries(attributes).map(([key, value]) => `\n ${key} = ${quote}${escaped(value)}${quote}`);
  const inside = way % 5 === 0 && !text.includes(']]>') ? `<![CDATA[${text}]]>` : escaped(text);
  const start = `<${prefix}${name}${words.join('')}`;
  if (children.length === 0 && text === '' && way % 7 < 4) return `${start} />`;
  return `${start}><!-- <a> -->${inside}${children.map((child) => written(child, way + 1)).join('<?p <b ?>')}</${prefix}${name} >`;
}

const plain = ({ name, attributes, children, text }: XmlElement | Tree): Tree => ({
  name,
  attributes,
  children: children.map(plain),
  text,
});

describe('XML', () => {
  it('is read as it was meant, in every way to write it', () => {
    fc.assert(
      fc.property(tree, fc.nat(210), (meant, way) => {
        const source = `\ufeff<?xml version="1.0"?><!DOCTYPE OME>\n${written(meant, way)}\n`;
        const found = parseXml(source);
        expect(found && plain(found)).toEqual(meant);
        expect(rootName(source)).toBe(meant.name);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it.each([
    ['nothing', ''],
    ['an element that does not end', '<a><b></b>'],
    ['elements that cross', '<a><b></a></b>'],
    ['a tag that does not end', '<a b="1"'],
    ['a value without quotes', '<a b=1/>'],
    ['a value that does not end', '<a b="1/>'],
    ['an attribute without a value', '<a b/>'],
    ['a comment that does not end', '<a><!-- </a>'],
    ['CDATA that does not end', '<a><![CDATA[ </a>'],
    ['an end without a start', '</a>'],
    ['a slash in a tag', '<a / b="1"></a>'],
    ['entities of its own', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['a nest of a thousand', `${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}`],
  ])('%s is not read', (_, source) => {
    expect(parseXml(source)).toBeUndefined();
  });

  it('gives only the elements that are asked for, and what is in them', () => {
    const source = '<OME><Instrument><Image Name="no"/></Instrument><Image Name="a"><Note/>b</Image></OME>';
    const root = parseXml(source, new Set(['Image']))!;
    expect(root.children.map(plain)).toEqual([{ name: 'Image', attributes: { Name: 'a' }, children: [], text: 'b' }]);
    expect(childrenNamed(root, 'Instrument')).toEqual([]);
  });

  const many = 250_000;
  it.each([
    ['a word in a tag', `<OME ${'x'.repeat(20 * many)}`],
    ['a word in a tag that ends', `<OME ${'x'.repeat(20 * many)}="1"></OME>`],
    ['a value', `<OME a="${'x'.repeat(20 * many)}"/>`],
    ['spaces in a tag', `<OME ${' '.repeat(20 * many)}x`],
    ['spaces before =', `<OME ${'a '.repeat(5 * many)}`],
    ['quotes', `<OME a=${'\'"'.repeat(5 * many)}>`],
    ['tags that open', '<OME>'.repeat(2 * many)],
    ['tags that close', `<OME>${'</OME'.repeat(2 * many)}`],
    ['brackets', `<OME>${'<'.repeat(5 * many)}`],
    ['ampersands', `<OME>${'&'.repeat(5 * many)}</OME>`],
    ['comments that open', `<OME>${'<!--'.repeat(2 * many)}`],
    ['attributes', `<OME ${'a="1" '.repeat(many)}/>`],
    ['small elements', `<OME>${'<Image/>'.repeat(many)}</OME>`],
  ])('of megabytes of %s takes time in proportion', async (_, source) => {
    const walk = () => {
      const root = parseXml(source);
      rootName(source);
      for (const element of root?.children ?? []) Object.keys(element.attributes);
      Object.keys(root?.attributes ?? {});
    };
    const most = 200 + source.length / 5000; // a pass takes some 20 ns a byte, a quadratic one hours
    const { milliseconds } = await measuredAgain(most, () => timed(walk));
    expect(milliseconds).toBeLessThan(most);
  });
});
