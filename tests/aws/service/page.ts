import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { hasChromium, openBrowser, watchFaults, withoutChromium } from '../../support/page.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { treeOf } from '../../support/tree.ts';
import { withoutManifest } from './folder-of-images.ts';
import type { Material } from './material.ts';

const long = 120_000;

/** What oidc-client-ts keeps of somebody who has signed in: moto has no sign-in pages. */
function signedIn({ outputs }: SimulatedService, { token }: Person): [key: string, value: string] {
  const { sub, exp, iat, iss } = decodeJwt(token);
  const profile = { sub, iss, iat, exp, aud: outputs.clientIds.page, email: 'paula@lab.example' };
  return [
    `oidc.user:${outputs.issuer}:${outputs.clientIds.page}`,
    JSON.stringify({ access_token: token, token_type: 'Bearer', scope: 'openid', profile, expires_at: exp }),
  ];
}

/** The page as the distribution serves it, with its policies, in a real browser. */
export function page(service: () => SimulatedService, material: () => Material): void {
  const describeInBrowser = hasChromium ? describe : describe.skip;
  describeInBrowser(`the page ${hasChromium ? '' : withoutChromium}`, () => {
    it(
      'sends a folder to the deployed service, and gives what run gives',
      async () => {
        const { url, authoriser } = service();
        const paula = await service().person('paula');
        const browser = await openBrowser();
        try {
          const context = await browser.newContext({ acceptDownloads: true });
          const faults = watchFaults(context, url);
          const [key, value] = signedIn(service(), paula);
          const keep = `sessionStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(value)})`;
          await context.addInitScript({ content: `if (location.origin === ${JSON.stringify(url)}) ${keep};` });
          const tab = await context.newPage();
          const answer = await tab.goto(`${url}/nowhere`); // a path that is no file shows the page, too
          expect(answer!.headers()).toMatchObject({
            'content-security-policy': expect.stringContaining("default-src 'none'"),
            'strict-transport-security': expect.stringContaining('max-age=31536000'),
            'x-content-type-options': 'nosniff',
          });
          await tab.goto(url);
          await tab.locator('input[webkitdirectory]').setInputFiles(material().images);
          await tab.getByRole('button', { name: /^Start with/ }).click();
          await tab.getByRole('heading', { name: 'images', exact: true }).waitFor();
          await tab.locator('main [data-state=completed]').waitFor();
          await tab.getByRole('img', { name: /^sparse\.tif with the outlines of \d+ objects$/ }).waitFor();
          const [download] = await Promise.all([
            tab.waitForEvent('download'),
            tab.getByRole('button', { name: 'Download results' }).click(),
          ]);
          const folder = join(material().folder, 'from-the-page');
          await mkdir(folder);
          await download.saveAs(`${folder}.zip`);
          const env = { ...process.env, LC_ALL: 'C.UTF-8' };
          execFileSync('bsdtar', ['-xf', `${folder}.zip`, '-C', folder], { env });
          expect(withoutManifest(await treeOf(folder))).toEqual(material().expected);
          expect(faults.filter((fault) => !fault.startsWith(`${authoriser.url}/`))).toEqual([]);
        } finally {
          await browser.close();
        }
      },
      long,
    );
  });
}
