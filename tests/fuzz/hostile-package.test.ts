import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openModel } from '../../functions/model/package/package.ts';
import { parseYaml } from '../../functions/model/package/parse-yaml.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { buildZip } from '../support/zip-builder.ts';

const broken = (detail: RegExp) =>
  expect.objectContaining({ code: 'modelBroken', message: expect.stringMatching(detail) });

describe('a model package of a stranger', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await folder[Symbol.asyncDispose]();
  });

  it('whose description unpacks to much more than any has is refused before it is unpacked', async () => {
    const zip = join(folder.path, 'bomb.zip');
    const bytes = Buffer.alloc(300 << 20, ' ');
    await writeFile(zip, buildZip({ entries: [{ name: 'bioimageio.yaml', data: bytes, method: 8 }] }));
    const before = process.memoryUsage().rss;
    await expect(openModel(zip)).rejects.toEqual(broken(/bioimageio.yaml is 314572800 bytes/));
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
  });

  it('whose description in a folder is as large is refused before it is read', async () => {
    await mkdir(join(folder.path, 'model'));
    await writeFile(join(folder.path, 'model/bioimageio.yaml'), Buffer.alloc(2 << 20, ' '));
    await expect(openModel(join(folder.path, 'model'))).rejects.toEqual(broken(/2097152 bytes/));
  });
});

describe('the YAML of a stranger', () => {
  const refused = (text: string, detail: RegExp) => expect(() => parseYaml(text, 'x.yaml')).toThrow(broken(detail));

  it('with many keys takes processor time that grows with its length', () => {
    const keys = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: 1`).join('\n');
    const cost = (count: number) => {
      const text = keys(count);
      const once = () => {
        const from = process.cpuUsage();
        parseYaml(text, 'x.yaml');
        return process.cpuUsage(from).user;
      };
      return Math.min(once(), once(), once()); // the collector may add to one of them
    };
    cost(2000); // warm
    expect(cost(40_000) / cost(10_000)).toBeLessThan(12); // squared it is 16 and more
  });

  it('with a key that stands twice is refused', () => {
    refused('a: 1\nb: {c: 1, c: 2}', /the key c stands twice/);
  });

  it('whose aliases would grow without end is refused', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array<string>(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    refused(lines.join('\n'), /alias/i);
  });

  it('that nests without end is refused', () => {
    refused(`a: ${'['.repeat(200_000)}`, /./);
  });
});
