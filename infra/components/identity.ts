import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { groupsOf } from '../../functions/identity/groups.ts';
import { loopbackAddress, loopbackPorts, signedInPaths, signedOutPath } from '../../functions/stack/redirect-uris.ts';
import { signUpVariable } from '../../functions/stack/resource-variables.ts';
import type { SignUpEnvironment } from '../../functions/stack/sign-up-environment.ts';
import { preSignUp } from '../../functions/triggers/pre-sign-up/descriptor.ts';
import { accessStatements } from '../../policies/access-statements.ts';
import { deploymentTag } from '../../policies/tagged-types.ts';
import { providerName } from '../institutions.ts';
import { deploymentId } from '../naming.ts';
import type { StackContext } from '../stack-context.ts';
import { makeInstitutions } from './institutions.ts';
import { StageFunction } from './stage-function.ts';

export interface IdentityArgs {
  context: StackContext;
  code: string;
  /** Address of the page, where invitations lead. */
  page: pulumi.Input<string>;
}

/** Name and origin of the sign-in pages, and the origin of the issuer, where its description and keys are. */
export function signInOrigins(context: StackContext) {
  const domain = context.worldName('sign-in', 'signInDomain');
  return {
    domain,
    signInOrigin: `https://${domain}.auth.${context.region}.amazoncognito.com`,
    issuerOrigin: `https://cognito-idp.${context.region}.amazonaws.com`,
  };
}

/** Where on those pages the pool takes answers of institutions. */
export const answerPath = '/oauth2/idpresponse';

/** HTML. Cognito's own words have no address, so that who is invited would not know where to go. */
const invitation = (page: pulumi.Input<string>) => ({
  emailSubject: 'Your account at labdeploy',
  emailMessage: pulumi.interpolate`You can segment images at <a href="${page}">${page}</a>.<br><br>Sign in with this e-mail address (account {username}).<br>Password for the first time: {####}<br><br>It is good for ${passwordDays} days.`,
  smsMessage: 'labdeploy: {username} {####}', // never sent; without it the provider sends an empty one, which Cognito refuses
});
const passwordDays = 7;

/** The people of the lab: a Cognito pool with its own sign-in pages. The clients come when the page's address is known. */
export class Identity extends pulumi.ComponentResource {
  readonly pool: aws.cognito.UserPool;
  /** As `iss` of its tokens. */
  readonly issuer: pulumi.Output<string>;
  readonly #name: string;
  readonly #domain: aws.cognito.UserPoolDomain;
  readonly #managed: boolean;
  readonly #institutions: aws.cognito.IdentityProvider[];

  constructor(name: string, { context, code, page }: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:Identity', name, {}, opts);
    const childOpts = { parent: this };
    this.#name = name;
    const { signUp, signInWith, secondFactor, signInPages, protectData, plans } = context.config;
    this.#managed = signInPages === 'managed';
    const trigger =
      signUp === 'domains' || signInWith.length > 0 ? signUpTrigger(name, { context, code }, childOpts) : undefined;
    this.pool = new aws.cognito.UserPool(
      name,
      {
        name: context.name('people', 'userPool'),
        usernameAttributes: ['email'],
        usernameConfiguration: { caseSensitive: false },
        autoVerifiedAttributes: ['email'],
        userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ['email'] },
        adminCreateUserConfig: {
          allowAdminCreateUserOnly: signUp === 'invite',
          inviteMessageTemplate: invitation(page),
        },
        accountRecoverySetting: { recoveryMechanisms: [{ name: 'verified_email', priority: 1 }] },
        passwordPolicy: {
          minimumLength: 12,
          requireLowercase: false, // length, not tricks (NIST SP 800-63B)
          requireUppercase: false,
          requireNumbers: false,
          requireSymbols: false,
          temporaryPasswordValidityDays: passwordDays,
        },
        mfaConfiguration: { off: 'OFF', optional: 'OPTIONAL', required: 'ON' }[secondFactor],
        ...(secondFactor !== 'off' && { softwareTokenMfaConfiguration: { enabled: true } }),
        ...(trigger !== undefined && { lambdaConfig: { preSignUp: trigger.function.arn } }),
        deletionProtection: protectData ? 'ACTIVE' : 'INACTIVE',
      },
      { ...childOpts, protect: protectData },
    );
    if (trigger !== undefined) {
      new aws.lambda.Permission(
        `${name}-trigger-permission`,
        {
          function: trigger.function.name,
          statementId: 'user-pool',
          action: 'lambda:InvokeFunction',
          principal: 'cognito-idp.amazonaws.com',
          sourceArn: this.pool.arn,
        },
        childOpts,
      );
    }
    this.#institutions = makeInstitutions(name, { rows: signInWith, userPoolId: this.pool.id, page }, childOpts);
    const { domain, issuerOrigin } = signInOrigins(context);
    this.#domain = new aws.cognito.UserPoolDomain(
      `${name}-domain`,
      { userPoolId: this.pool.id, domain, managedLoginVersion: this.#managed ? 2 : 1 },
      childOpts,
    );
    this.issuer = pulumi.interpolate`${issuerOrigin}/${this.pool.id}`;
    const groups = [
      ...groupsOf({ admin: true }),
      ...Object.keys(plans).flatMap((plan) => groupsOf({ admin: false, plan })),
    ];
    for (const group of groups) {
      new aws.cognito.UserGroup(`${name}-group-${group}`, { name: group, userPoolId: this.pool.id }, childOpts);
    }
    this.registerOutputs({ issuer: this.issuer });
  }

  /** Public clients: authorization code with PKCE, no secret, no password that a program sees. */
  client(part: string, redirects: { callbacks: pulumi.Input<string>[]; signedOut?: pulumi.Input<string>[] }) {
    const { callbacks, signedOut } = redirects;
    const client = new aws.cognito.UserPoolClient(
      `${this.#name}-client-${part}`,
      {
        name: part,
        userPoolId: this.pool.id,
        generateSecret: false,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ['code'],
        allowedOauthScopes: scopes,
        supportedIdentityProviders: ['COGNITO', ...this.#institutions.map((each) => each.providerName)],
        callbackUrls: callbacks,
        ...(signedOut !== undefined && { logoutUrls: signedOut }),
        explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
        accessTokenValidity: 60,
        idTokenValidity: 60,
        refreshTokenValidity: 30,
        tokenValidityUnits: { accessToken: 'minutes', idToken: 'minutes', refreshToken: 'days' },
        enableTokenRevocation: true,
        preventUserExistenceErrors: 'ENABLED',
        readAttributes: ['email', 'email_verified', 'name'],
        // Who signs up writes the address. Users cannot change it: that takes a token with `aws.cognito.signin.user.admin`,
        // which is none of the scopes.
        writeAttributes: ['email', 'name'],
      },
      { parent: this, dependsOn: this.#domain },
    );
    if (this.#managed) {
      // Cognito shows the newer pages only to clients that have a style.
      new aws.cognito.ManagedLoginBranding(
        `${this.#name}-style-${part}`,
        { userPoolId: this.pool.id, clientId: client.id, useCognitoProvidedValues: true },
        { parent: this },
      );
    }
    return client;
  }

  pageClient = (origins: pulumi.Input<string>[]): aws.cognito.UserPoolClient =>
    this.client('page', {
      callbacks: origins.flatMap((origin) => signedInPaths.map((path) => pulumi.concat(origin, path))),
      signedOut: origins.map((origin) => pulumi.concat(origin, signedOutPath)),
    });

  commandLineClient = (): aws.cognito.UserPoolClient =>
    this.client('command-line', { callbacks: loopbackPorts.map(loopbackAddress) });
}

/** What tokens are asked for with. */
export const scopes = ['openid', 'email', 'profile'];

function signUpTrigger(
  name: string,
  { context, code }: { context: StackContext; code: string },
  childOpts: pulumi.ComponentResourceOptions,
): StageFunction {
  const { account, baseName, region, stack } = { ...context, ...context.config };
  const { signUp, allowedDomains, signInWith } = context.config;
  const environment: SignUpEnvironment = {
    signUp,
    domains: allowedDomains,
    institutions: Object.fromEntries(signInWith.map((row) => [providerName(row), row.allowedDomains ?? []])),
  };
  const federated = {
    pools: context.arn('cognito-idp', 'userpool/*'),
    tag: [deploymentTag, deploymentId({ account, baseName, region, stack })] as [string, string],
  };
  return new StageFunction(
    `${name}-pre-sign-up`,
    {
      context,
      descriptor: preSignUp,
      code,
      statements: accessStatements(preSignUp, {
        buckets: {},
        queues: {},
        deadLetters: {},
        ...(signInWith.length > 0 && { federated }),
      }),
      environment: { [signUpVariable]: JSON.stringify(environment) },
    },
    childOpts,
  );
}
