import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { objectsTable } from '../../../functions/report/objects-table.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const fileAt = (name: string) => ({ name, open: () => createReadStream(name) });

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

it('the table of all objects has every column that any image has, and the mean of each image', async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await writeFile(at('a.csv'), 'label,area_px,GFP_mean\r\n1,10,0.1\r\n2,20,\r\n');
  await writeFile(at('b.csv'), 'label,area_px,RFP_mean,GFP_mean,RFP_positive\r\n1,7,inf,3, \r\n');
  await writeFile(at('c.csv'), 'label,area_px\r\n');
  const table = await objectsTable(
    [
      { path: '@a, "b".tif', labels: ['ctrl', ''], ...fileAt(at('a.csv')) },
      { path: 'b.tif', labels: ['', 'm1'], ...fileAt(at('b.csv')) },
      { path: 'c.tif', labels: ['', ''], ...fileAt(at('c.csv')) },
    ],
    ['condition', 'label'],
  );
  expect(await textOf(table.rows())).toBe(
    [
      'image,condition,group_label,label,area_px,GFP_mean,RFP_mean,RFP_positive',
      `"'@a, ""b"".tif",ctrl,,1,10,0.1,,`,
      `"'@a, ""b"".tif",ctrl,,2,20,,,`,
      'b.tif,,m1,1,7,3,inf, ',
      '',
    ].join('\r\n'),
  );
  expect(table.objects).toBe(3);
  expect(table.means).toEqual(
    new Map([
      [
        '@a, "b".tif',
        new Map([
          ['area_px', 15],
          ['GFP_mean', 0.1],
        ]),
      ],
      [
        'b.tif',
        new Map([
          ['area_px', 7],
          ['GFP_mean', 3],
        ]),
      ],
      ['c.tif', new Map()],
    ]),
  );
});

it.each([
  ['label,area_px\r\n1\r\n', 'a row has 1 cells, the header 2'],
  ['label,area_px\r\n1,2\r\n2', 'it ends within a row'],
])('measurements that are damaged are named: %j', async (text, why) => {
  await using folder = await temporaryFolder();
  const measurements = join(folder.path, 'a.csv');
  await writeFile(measurements, text);
  const image = { path: 'a.tif', labels: [], ...fileAt(measurements) };
  const table = await objectsTable([image], []).catch((error: Error) => error);
  const rows = table instanceof Error ? Promise.reject(table) : textOf(table.rows());
  await expect(rows).rejects.toMatchObject({ name: 'NoResults', file: measurements, message: why });
});
