import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { brokerDetails, brokerIssuer, isBrokered } from '../../functions/stack/sign-in-broker.ts';
import type { SignInWith } from '../../functions/stack/sign-in-with.ts';
import { providerName } from '../institutions.ts';

/** Stands in the state for each secret, which `up` gives to Cognito by itself. */
const secretPlaceholder = 'labdeploy up sets it';

export interface InstitutionsArgs {
  rows: readonly SignInWith[];
  userPoolId: pulumi.Input<string>;
  /** Origin of the page, below which the broker is. */
  page: pulumi.Input<string>;
}

/** The institutions of a pool, as providers that its sign-in page offers. */
export const makeInstitutions = (
  name: string,
  { rows, userPoolId, page }: InstitutionsArgs,
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
          providerDetails: detailsOf(row, page),
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

/** Of the institution, or of the broker before it. */
function detailsOf(row: SignInWith, page: pulumi.Input<string>): pulumi.Input<Record<string, string>> {
  const all = (details: Record<string, string>) => ({
    ...details,
    client_secret: secretPlaceholder,
    authorize_scopes: 'openid email profile',
    attributes_request_method: 'GET',
  });
  return isBrokered(row)
    ? pulumi.output(page).apply((origin) => all(brokerDetails(brokerIssuer(origin, row))))
    : all({ oidc_issuer: row.issuer, client_id: row.clientId });
}
