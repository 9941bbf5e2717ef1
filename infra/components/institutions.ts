import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { SignInWith } from '../../functions/stack/sign-in-with.ts';
import { providerName } from '../institutions.ts';

/** Stands in the state for each secret, which `up` gives to Cognito by itself. */
const secretPlaceholder = 'labdeploy up sets it';

/** The institutions of a pool, as providers that its sign-in page offers. */
export const makeInstitutions = (
  name: string,
  rows: readonly SignInWith[],
  userPoolId: pulumi.Input<string>,
  childOpts: pulumi.ComponentResourceOptions,
): aws.cognito.IdentityProvider[] =>
  rows.map(
    (row) =>
      new aws.cognito.IdentityProvider(
        `${name}-institution-${providerName(row)}`,
        {
          userPoolId,
          providerName: providerName(row),
          providerType: 'OIDC',
          providerDetails: {
            oidc_issuer: row.issuer,
            client_id: row.clientId,
            client_secret: secretPlaceholder,
            authorize_scopes: 'openid email profile',
            attributes_request_method: 'GET',
          },
          attributeMapping: { username: 'sub', email: 'email', email_verified: 'email_verified', name: 'name' },
        },
        {
          ...childOpts,
          // The secret never comes from here, and Cognito adds what it finds at the institution.
          ignoreChanges: ['providerDetails'],
          additionalSecretOutputs: ['providerDetails'], // of a refresh, which reads the secret
        },
      ),
  );
