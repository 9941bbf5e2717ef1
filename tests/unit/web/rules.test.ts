import { describe, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import { parseCsv } from '../../../functions/core/parse-csv.ts';
import { nextRow } from '../../../web/components/next-row.ts';
import { inBytes, inDuration, inShort } from '../../../web/format.ts';
import { numericColumns, valuesOf } from '../../../web/image/csv-table.ts';
import { histogram } from '../../../web/image/histogram.ts';
import { notesInWords } from '../../../web/image/notes-in-words.ts';
import { axesOf } from '../../../web/jobs/axes-of.ts';
import { channelInWords } from '../../../web/jobs/channel-in-words.ts';
import { channelChoices, channelOf } from '../../../web/jobs/channels.ts';
import { measuresOf, textOfRules, withThreshold } from '../../../web/jobs/measures.ts';
import { nextTile } from '../../../web/jobs/next-tile.ts';
import { timeLeft, withSample } from '../../../web/jobs/time-left.ts';
import { totalFiles, totalImages } from '../../../web/jobs/total-files.ts';
import { typeable } from '../../../web/jobs/typeable.ts';
import { routeOf } from '../../../web/route.ts';
import { documentTitle } from '../../../web/screen-title.ts';
import { arrange } from '../../../web/upload/collect.ts';
import { pickedFile } from '../../../web/upload/picked-file.ts';
import { selectionOf } from '../../../web/upload/selection.ts';

const found = (...paths: string[]) => paths.map((path) => pickedFile(path, new File(['12345'], path)));

describe('what was dropped', () => {
  it('is named below the one folder, as run names it', () => {
    const picked = arrange(found('cells/b.tif', 'cells/day 1/a.TIFF', 'cells/notes.txt', 'cells/.DS_Store'));
    expect(picked.files.map(({ path }) => path)).toEqual(['.DS_Store', 'b.tif', 'day 1/a.TIFF', 'notes.txt']);
    expect(picked).toMatchObject({ name: 'cells', source: 'files', bytes: 20 });
    const { send, notSent } = selectionOf(picked);
    expect([send.length, notSent]).toEqual([
      2,
      [
        { path: '.DS_Store', bytes: 5, reason: 'hidden' },
        { path: 'notes.txt', bytes: 5, reason: 'notImage' },
      ],
    ]);
    expect(arrange(found('cells/.DS_Store')).files).toEqual([]);
  });
  it('keeps the names of several folders, and has no name then', () => {
    const picked = arrange(found('a/1.tif', 'b/1.tif'));
    expect([picked.name, picked.files.map(({ path }) => path)]).toEqual([undefined, ['a/1.tif', 'b/1.tif']]);
  });
  it('is a zip where it is one zip', () => {
    expect(arrange(found('experiment.ZIP'))).toMatchObject({ name: 'experiment', source: 'zip', bytes: 5 });
    expect(arrange(found('a.zip', 'b.zip'))).toMatchObject({ source: 'files', files: { length: 2 } });
  });
});

it('arrows, Home and End go through rows that can be focused, and stay inside', () => {
  const links = new Set([1, 2, 5]);
  const from = (key: string, at: number) => nextRow(key, at, 8, (index) => links.has(index));
  expect(['ArrowDown', 'ArrowUp', 'Home', 'End'].map((key) => from(key, 2))).toEqual([5, 1, 1, 5]);
  expect([from('ArrowDown', 5), from('ArrowUp', 1), from('Home', 1), from('Enter', 2)]).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
});

describe('the time left', () => {
  it('follows the last minute', () => {
    const samples = [
      { at: 0, done: 0 },
      { at: 60_000, done: 10 },
      { at: 120_000, done: 40 },
    ].reduce(withSample, []);
    expect(timeLeft(samples, 100)).toBe(120_000);
  });
  it('is not known at first, nor while nothing moves', () => {
    expect(timeLeft([{ at: 0, done: 1 }], 9)).toBeUndefined();
    expect(
      timeLeft(
        [
          { at: 0, done: 1 },
          { at: 9_000, done: 1 },
        ],
        9,
      ),
    ).toBeUndefined();
  });
  it('starts anew when files are put back', () => {
    expect(withSample([{ at: 0, done: 9 }], { at: 1, done: 2 })).toEqual([{ at: 1, done: 2 }]);
  });
});

describe('the total of a job', () => {
  const job = (sealed: boolean) =>
    ({ sealed, announced: 9, counts: { expected: 7, done: 5, failed: 1, leftOut: 1, pending: 0 } }) as JobView;
  it('does not grow while files are still being named', () => {
    expect([totalFiles(job(false)), totalFiles(job(true))]).toEqual([9, 7]);
  });
  it('has no files that were left out where it is one of images', () => {
    expect([totalImages(job(false)), totalImages(job(true))]).toEqual([8, 6]);
  });
});

describe('a table', () => {
  const table = parseCsv('name,area,note\r\n"a, ""b""",1.5,\r\nc,2,x\n');
  it('is read with quotes, commas and both line ends', () => {
    expect(table).toEqual({
      columns: ['name', 'area', 'note'],
      rows: [
        ['a, "b"', '1.5', ''],
        ['c', '2', 'x'],
      ],
    });
  });
  it('knows its columns of numbers', () => {
    expect(numericColumns(table)).toEqual(['area']);
    expect(valuesOf(table, 'area')).toEqual([1.5, 2]);
  });
  it('refuses what is no CSV', () => {
    expect(() => parseCsv('a"b,c\n')).toThrow('not CSV at character 0');
  });
});

describe('a histogram', () => {
  it('has bins of one round width that hold every value once', () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    expect(histogram(values)).toEqual([0, 50].map((from) => ({ from, to: from + 50, count: 50 })));
  });
  it('keeps an outlier from making thousands of bins', () => {
    const bins = histogram([...Array.from({ length: 1000 }, (_, i) => i / 1000), 1e6]);
    expect(bins.length).toBeLessThanOrEqual(40);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(1001);
  });
  it.each([
    [[], []],
    [[3, 3], [{ from: 3, to: 3, count: 2 }]],
  ])('of %j is %j', (values, bins) => {
    expect(histogram(values)).toEqual(bins);
  });
});

describe('words and addresses', () => {
  it.each([
    [0, '0 bytes'],
    [999_960, '1 MB'],
    [40_000_000, '40 MB'],
    [1_540_000_000, '1.5 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(inBytes(bytes)).toBe(text));
  it.each([
    [4_000, 'a few seconds'],
    [41_000, '45 s'],
    [90_000, '2 min'],
    [7_800_000, '2 h 10 min'],
  ])('%d ms are %s', (milliseconds, text) => expect(inDuration(milliseconds)).toBe(text));
  it.each([
    [1234, '1,234'],
    [0.123456, '0.1235'],
  ])('%d is shown as %s', (value, text) => expect(inShort(value)).toBe(text));
  it.each([
    ['/', '', { screen: 'jobs' }],
    ['/jobs/f6c2b4d173a0', '', { screen: 'job', id: 'f6c2b4d173a0' }],
    ['/jobs/f6c2b4d173a0', '?image=a%2Fb+%23.tif', { screen: 'image', id: 'f6c2b4d173a0', path: 'a/b #.tif' }],
    ['/jobs/f6c2b4d173a0', '?download', { screen: 'job', id: 'f6c2b4d173a0', download: true }],
    ['/lab', '', { screen: 'lab' }],
    ['/lab', '?forget=7a1', { screen: 'lab', forget: '7a1' }],
    ['/jobs/../x', '', { screen: 'nowhere' }],
    ['/pictures', '', { screen: 'pictures' }],
    ['/agreements', '', { screen: 'agreements' }],
    ['/reviews', '', { screen: 'reviews' }],
    ['/reviews', '?person=olga', { screen: 'reviews' }],
    ['/reviews', '?person=a%2Fb&picture=12345678', { screen: 'review', person: 'a/b', picture: '12345678' }],
  ])('%s%s leads to %j', (pathname, search, route) => expect(routeOf({ pathname, search })).toEqual(route));
  it('offers the channels of the image, and takes a typed number or name', () => {
    expect(channelChoices({ channels: 2, channelNames: ['DAPI', undefined], names: [] }, 'DAPI')).toEqual([
      { value: '', label: 'The model’s choice: DAPI' },
      { value: '#0', label: 'Channel 0: DAPI' },
      { value: '#1', label: 'Channel 1' },
    ]);
    expect(['', '#1', '2', ' GFP '].map(channelOf)).toEqual([undefined, 1, 2, 'GFP']);
  });
});

describe('the settings of a job', () => {
  it.each([
    [undefined, undefined, 'the model’s choice'],
    [undefined, { index: 1 }, 'the model’s choice: channel 1'],
    [undefined, { index: 1, name: 'DAPI' }, 'the model’s choice: DAPI'],
    [1, undefined, 'channel 1'],
    [1, { index: 1 }, 'channel 1'],
    [1, { index: 1, name: 'DAPI' }, 'DAPI (channel 1)'],
    ['DAPI', { index: 1, name: 'DAPI' }, 'DAPI'],
  ])('channel %j, predicted as %j, is %s', (wanted, predicted, text) => {
    expect(channelInWords(wanted, predicted)).toBe(text);
  });
  it('take axes in either case, and none that are no axes', () => {
    expect(['', ' t ', 'c2t3', 'TZCYX', 'tt', 'x', 'C0'].map(axesOf)).toEqual([
      undefined,
      'T',
      'C2T3',
      'TZCYX',
      null,
      null,
      null,
    ]);
  });
  it('stand in notes where a command has an option', () => {
    expect(notesInWords(['6 pages, taken as depth; --axes says otherwise'], 'its tags: 72 dots per inch')).toEqual([
      '6 pages, taken as depth; the setting Axes says otherwise',
      'No pixel size: its tags: 72 dots per inch',
    ]);
  });
});

describe('the word that deleting asks for', () => {
  it('is the name where it can be typed', () => {
    for (const name of ['cells', 'day 1', 'β-actin_2.1', '細胞 1'])
      expect([name, typeable(name)]).toEqual([name, true]);
    for (const name of ['a  b', ' a', 'x'.repeat(41), 'a\u00a0b', '100%', '🧠', ''])
      expect([name, typeable(name)]).toEqual([name, false]);
  });
});

describe('arrows in the grid of previews', () => {
  it('lead to the tile beside, above and below, and not out of the grid', () => {
    const from = (key: string, at: number) => nextTile(key, at, 4, 10);
    expect(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End'].map((key) => from(key, 5))).toEqual([
      6, 4, 9, 1, 0, 9,
    ]);
    expect([
      from('ArrowLeft', 0),
      from('ArrowRight', 9),
      from('ArrowDown', 7),
      from('ArrowUp', 3),
      from('a', 3),
    ]).toEqual(Array(5).fill(undefined));
  });
});

describe('the title of the document', () => {
  it.each([
    [undefined, '', 'labdeploy'],
    [undefined, 'Usage', 'Usage · labdeploy'],
    ['✓ cells', 'Usage', '✓ cells · Usage · labdeploy'],
    ['✓ cells', 'cells', '✓ cells · labdeploy'],
    ['✓ cells', '', '✓ cells · labdeploy'],
  ])('with news %j on the screen %j is %j', (news, screen, title) => {
    expect(documentTitle(news, screen)).toBe(title);
  });
});

describe('a table of results', () => {
  it('takes a version for a name, also where it reads as a number', () => {
    const table = parseCsv('path,model_version,area\na.tif,1.0,2.5\nb.tif,1.0,3.5\n');
    expect(numericColumns(table)).toEqual(['area']);
  });
});

describe('the threshold of a channel', () => {
  const chosen = { channel: 'GFP', by: 'number', value: '800' } as const;
  it('above the background begins at 3 standard deviations', () => {
    expect(withThreshold(chosen, 'background')).toEqual({ channel: 'GFP', by: 'background', value: '3' });
  });
  it('takes no number from another threshold, whose unit is another', () => {
    expect(withThreshold({ ...chosen, by: 'background', value: '3' }, 'number').value).toBe('');
    expect(withThreshold(chosen, 'otsu').value).toBe('');
  });
});

describe('rules of positive objects as text', () => {
  const read = (text: string) => measuresOf({ ring: '', rules: [], text }).positive;

  it.each(['GFP', 'c-Fos, deep', 'a "b", c', '"', ','])('a channel %j comes back as it was', (channel) => {
    const rules = [
      { channel, threshold: 800 },
      { channel: 'DAPI', threshold: 'otsu' as const },
    ];
    expect(read(textOfRules(rules))).toEqual(rules);
  });

  it('need no quotes, and those that are none go along for the service to say so', () => {
    expect(read('GFP = 800 ,RFP=bg+3, what,')).toEqual([
      { channel: 'GFP', threshold: 800 },
      { channel: 'RFP', threshold: 'bg+3' },
      { channel: 'what', threshold: Number.NaN },
    ]);
  });
});
