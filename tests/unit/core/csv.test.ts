import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { csvRow } from '../../../functions/core/csv.ts';

describe('a CSV row', () => {
  it.each([
    ['plain cells', ['cells/a.tif', 3, 2.5], 'cells/a.tif,3,2.5\r\n'],
    ['no cells', [], '\r\n'],
    ['a missing value', ['a', undefined, 'b'], 'a,,b\r\n'],
    ['a comma', ['a,b'], '"a,b"\r\n'],
    ['a quote', ['a"b'], '"a""b"\r\n'],
    ['a line break inside', ['a\nb\r\nc'], '"a\nb\r\nc"\r\n'],
    ['spaces, which stay', [' a '], ' a \r\n'],
    ['units and names outside ASCII', ['µm', '細胞.tif'], 'µm,細胞.tif\r\n'],
    ['not a number', [Number.NaN], '\r\n'],
    ['infinities', [Infinity, -Infinity], 'inf,-inf\r\n'],
    ['a negative number, which is no formula', [-1.5, -0], '-1.5,-0\r\n'],
    ['a long integer', [2n ** 63n], '9223372036854775808\r\n'],
    ['tiny and huge numbers', [1e-7, 1e21, 0.1 + 0.2], '1e-7,1e+21,0.30000000000000004\r\n'],
    ['an equals sign first', ['=1+2'], "'=1+2\r\n"],
    ['a plus sign first', ['+49'], "'+49\r\n"],
    ['a minus sign first', ['-a.tif'], "'-a.tif\r\n"],
    ['an at sign first', ['@SUM(A1)'], "'@SUM(A1)\r\n"],
    ['a tab first', ['\t=1'], '"\'\t\'=1"\r\n'],
    ['a semicolon, which separates cells in German and French Excel', ['a;=1+2;b'], '"a;\'=1+2;b"\r\n'],
    ['a formula behind a semicolon in a later cell', ['x', 'a;@b', 'y;-z'], 'x,"a;\'@b","y;\'-z"\r\n'],
    ['a tab inside', ['a\tb'], '"a\tb"\r\n'],
    ['a carriage return first', ['\r=1'], '"\'\r\'=1"\r\n'],
    ['a line feed first', ['\n=1'], '"\'\n\'=1"\r\n'],
    ['a full-width equals sign first', ['＝1'], "'＝1\r\n"],
    ['a formula with quotes', ['=HYPERLINK("x","y")'], '"\'=HYPERLINK(""x"",""y"")"\r\n'],
    ['an equals sign inside, which is harmless', ['a=b'], 'a=b\r\n'],
  ] as const)('writes %s', (_name, cells, row) => expect(csvRow(cells)).toBe(row));

  it('reads every finite number back as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(csvRow([value]))).toBe(value);
      }),
    );
  });
});
