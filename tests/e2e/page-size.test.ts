import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildPageIn } from '../support/built.ts';

import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

describe('the built page', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder(); // other tests serve the one in dist
    await buildPageIn(folder.path);
  }, 120_000);
  afterAll(() => folder[Symbol.asyncDispose]());

  it('loads less than 250 kB of gzipped scripts at first', () => {
    const index = readFileSync(join(folder.path, 'index.html'), 'utf8');
    const scripts = [...index.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name!);
    const bytes = scripts.map((name) => gzipSync(readFileSync(join(folder.path, name))).length);
    const sum = bytes.reduce((total, each) => total + each, 0);
    expect(sum).toBeGreaterThan(80_000); // all of it was counted
    expect(sum).toBeLessThan(250_000);
  });

  it('carries no validator: the schemas of the contract are types to it', () => {
    const assets = join(folder.path, 'assets');
    const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter((name) => /ZodError|safeParse/.test(readFileSync(join(assets, name), 'utf8')))).toEqual([]);
  });

  it('holds no inline script or style', () => {
    const index = readFileSync(join(folder.path, 'index.html'), 'utf8');
    expect(index).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=/);
  });
});
