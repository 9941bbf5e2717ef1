import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { explain } from '../../../cli/explain.ts';
import { institutionsOf } from '../../../cli/local/sign-in-options.ts';
import { rowId, signInSecretVariable } from '../../../functions/stack/sign-in-with.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const globus = `
- name: Globus
  issuer: https://auth.globus.org
  clientId: 11111111-2222-3333-4444-555555555555
  addressClaim: preferred_username
  allowedDomains: [Uni.Example]
`;

describe('labdeploy local --sign-in-with', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const read = async (text: string, env: Record<string, string> = {}, users = true) => {
    await writeFile(join(folder.path, 'rows.yaml'), text);
    return institutionsOf({ signInWith: 'rows.yaml', users }, { cwd: folder.path, env });
  };

  const refusalOf = (text: string) => read(text).then(() => undefined, explain);

  it('takes rows from the file and secrets from the environment', async () => {
    expect(await read(globus, { LABDEPLOY_SIGN_IN_SECRET_GLOBUS: 'kept' })).toEqual([
      {
        row: {
          name: 'Globus',
          issuer: 'https://auth.globus.org',
          clientId: '11111111-2222-3333-4444-555555555555',
          addressClaim: 'preferred_username',
          allowedDomains: ['uni.example'],
        },
        secret: 'kept',
      },
    ]);
  });

  it('is nothing where no file is named', async () => {
    expect(await institutionsOf({}, { cwd: folder.path, env: {} })).toEqual([]);
  });

  it('says which variable is missing', async () => {
    expect(await refusalOf(globus)).toMatchObject({
      code: 'signInSecretMissing',
      why: 'LABDEPLOY_SIGN_IN_SECRET_GLOBUS is not set',
    });
  });

  it('belongs to accounts', async () => {
    await expect(read(globus, {}, false)).rejects.toMatchObject({ code: 'usage' });
  });

  it.each([
    ['a row without a client', '- {name: Uni, issuer: "https://uni.example"}', '0: clientId: '],
    ['plain HTTP', '- {name: Uni, issuer: "http://uni.example", clientId: lab}', 'begins with https://'],
    [
      'a host that only begins like this machine',
      '- {name: Uni, issuer: "http://localhost.evil.example", clientId: lab}',
      'begins with https://',
    ],
    [
      'user names without domains',
      '- {name: Uni, issuer: "https://uni.example", clientId: lab, addressClaim: preferred_username}',
      '0: allowedDomains: missing',
    ],
    [
      'two rows of one name',
      '- {name: My Uni, issuer: "https://a.example", clientId: lab}\n- {name: my-uni, issuer: "https://b.example", clientId: lab}',
      '1: name: another row has this name',
    ],
    [
      'two rows of one issuer',
      '- {name: A, issuer: "https://a.example", clientId: lab}\n- {name: B, issuer: "https://a.example", clientId: lab}',
      '1: issuer: another row has this issuer',
    ],
    [
      'a secret in the file',
      '- {name: A, issuer: "https://a.example", clientId: lab, secret: s}',
      'Unrecognized key: "secret"',
    ],
    ['what is no YAML', '- {', 'Flow map'],
  ])('refuses %s', async (_what, text, detail) => {
    expect(await refusalOf(text)).toMatchObject({ code: 'signInWithInvalid', why: expect.stringContaining(detail) });
  });

  it('names rows and secrets by the name of the institution', () => {
    expect(rowId({ name: 'University of A.B' })).toBe('university-of-a-b');
    expect(signInSecretVariable({ name: 'University of A.B' })).toBe('LABDEPLOY_SIGN_IN_SECRET_UNIVERSITY_OF_A_B');
  });
});
