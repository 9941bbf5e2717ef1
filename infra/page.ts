import * as pulumi from '@pulumi/pulumi';
import { ApiFront } from './components/api.ts';
import { signInOrigins } from './components/identity.ts';
import { Ui } from './components/ui.ts';
import { bucketsOf, type Data } from './data.ts';
import type { PartArgs } from './part-args.ts';

export interface Web {
  apiFront: ApiFront;
  ui: Ui;
}

/** The page, and before it the front of the API, whose address the page is given. */
export function makePage({ name, context, childOpts }: PartArgs, data: Data, page: string): Web {
  const { issuerOrigin, signInOrigin } = signInOrigins(context);
  const apiFront = new ApiFront(`${name}-api-front`, { context }, childOpts);
  const objects = bucketsOf(data).map(
    ([, { bucket }]) => pulumi.interpolate`https://${bucket.bucketRegionalDomainName}`,
  );
  const origins = { issuers: [issuerOrigin, signInOrigin], objects };
  return { apiFront, ui: new Ui(`${name}-page`, { context, apiFront, page, origins }, childOpts) };
}
