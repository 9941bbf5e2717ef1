import { expect, it } from '@jest/globals';
import { readGrant, signedUrl } from '../../../functions/adapters/local/signature.ts';
import { inputRef } from '../../../functions/core/object-keys.ts';

const secret = Buffer.alloc(32, 7);
const now = 1_000_000_000_000;
const grant = {
  method: 'PUT' as const,
  ref: inputRef({ owner: 'ada', id: 'job-1' }, 'cells/a.tif'),
  expires: now / 1000 + 60,
  bytes: 12,
};
const url = signedUrl('', grant, secret);

it('reads from a signed URL what was signed', () => {
  expect(readGrant('PUT', url, secret, now)).toEqual(grant);
});

it.each(['&part=zzz', '&part=NaN', '&part=', '&part=0x1', '&crc32=-1', '&crc32=1e3', '&upload=', '&bytes=12', '&x=1'])(
  'refuses a signed URL with %s added',
  (more) => {
    expect(() => readGrant('PUT', url + more, secret, now)).toThrow(
      expect.objectContaining({ code: 'signatureRefused' }),
    );
  },
);

it('refuses a signed URL whose numbers are written otherwise', () => {
  for (const bytes of ['12.0', '012', '1.2e1', '%2B12', ' 12'])
    expect(() => readGrant('PUT', url.replace('bytes=12', `bytes=${bytes}`), secret, now)).toThrow(
      expect.objectContaining({ code: 'signatureRefused' }),
    );
});
