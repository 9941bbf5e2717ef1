import {
  CognitoIdentityProviderClient,
  DescribeIdentityProviderCommand,
  UpdateIdentityProviderCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { brokerDetails, brokerIssuer, isBrokered } from '../../functions/stack/sign-in-broker.ts';
import { rowId, type SignInWith, signInSecretVariable } from '../../functions/stack/sign-in-with.ts';
import { providerName } from '../../infra/institutions.ts';
import { stateBaseName } from '../../policies/state-names.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import type { AwsAccount } from './account.ts';

/** Of an issuer's description what Cognito needs of it. */
interface Description {
  issuer?: string;
  jwks_uri?: string;
  userinfo_endpoint?: string;
  token_endpoint_auth_methods_supported?: string[];
  scopes_supported?: string[];
}

const patienceMs = 10_000;

/**
 * Asks each institution whether Cognito can sign in with it, or the broker where that does. Throws `institutionUnfit` with
 * what is missing there, or that it cannot be reached: then they could not either. Source: Cognito developer guide,
 * prerequisites of OIDC providers.
 */
export async function assertFitCognito(rows: readonly SignInWith[], signal: AbortSignal): Promise<void> {
  for (const row of rows) {
    const why = await unfitness(row, signal);
    signal.throwIfAborted();
    if (why !== undefined) throw new UserError('institutionUnfit', { name: row.name, why });
  }
}

async function unfitness(row: SignInWith, signal: AbortSignal): Promise<string | undefined> {
  const { issuer } = row;
  const read = async <T>(url: string): Promise<T> => {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    return (await answer.json()) as T;
  };
  const place = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const said = await read<Description>(place);
    if (said.issuer !== issuer) return `it calls itself ${said.issuer}, the row ${issuer}`;
    if (row.addressClaim === 'email' && said.scopes_supported?.includes('email') === false)
      return 'it gives no e-mail address: it does not know the scope email';
    if (isBrokered(row)) return undefined; // of everything else the broker takes care
    const methods = said.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    if (!methods.includes('client_secret_post'))
      return `it takes the secret of a client by ${methods.join(', ')}; Cognito sends it by client_secret_post`;
    if (said.userinfo_endpoint === undefined) return 'it has no userinfo endpoint, where Cognito asks for the address';
    if (said.jwks_uri === undefined) return 'it names no keys';
    const { keys = [] } = await read<{ keys?: { kid?: string }[] }>(said.jwks_uri);
    return keys.every(({ kid }) => kid !== undefined) ? undefined : 'its keys have no kid, by which Cognito finds them';
  } catch (error) {
    const { message, cause } = error as Error;
    return `${place}: ${(cause as Error | undefined)?.message ?? message}`;
  }
}

/** Where a secret is read that no variable has: a SecureString that the lab makes. */
export const secretParameter = (stack: string, row: SignInWith): string =>
  `/${stateBaseName}/sign-in/${stack}/${rowId(row)}`;

export interface Institution {
  row: SignInWith;
  secret: string;
}

/** The rows with their secrets, of the environment or else of SSM. Throws `institutionSecretMissing`. */
export async function institutionsWithSecrets(
  rows: readonly SignInWith[],
  { stack, account }: { stack: string; account: AwsAccount },
  { env }: Pick<CommandContext, 'env'>,
): Promise<Institution[]> {
  const ssm = new SSMClient(account.client);
  const all: Institution[] = [];
  for (const row of rows) {
    const variable = signInSecretVariable(row);
    const parameter = secretParameter(stack, row);
    const secret = env[variable] || (await read(ssm, parameter));
    if (secret === undefined) throw new UserError('institutionSecretMissing', { name: row.name, variable, parameter });
    all.push({ row, secret });
  }
  return all;
}

async function read(ssm: SSMClient, Name: string): Promise<string | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return Parameter?.Value;
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

export interface PoolOfStack {
  account: AwsAccount;
  userPoolId: string;
  /** Origin of the page. */
  url: string;
  /** Of the pool at the broker, where there is one. */
  brokerSecret: string | undefined;
}

/** Gives each provider of the pool what its row says, where that is another than it has: names that changed are returned. */
export async function setInstitutions(
  institutions: readonly Institution[],
  { account, userPoolId: UserPoolId, url, brokerSecret = '' }: PoolOfStack,
): Promise<string[]> {
  const client = new CognitoIdentityProviderClient(account.client);
  const changed: string[] = [];
  for (const { row, secret } of institutions) {
    const provider = { UserPoolId, ProviderName: providerName(row) };
    const { IdentityProvider } = await client.send(new DescribeIdentityProviderCommand(provider));
    const before = IdentityProvider?.ProviderDetails ?? {};
    const wanted: Record<string, string> = isBrokered(row)
      ? { ...brokerDetails(brokerIssuer(url, row)), client_secret: brokerSecret }
      : { oidc_issuer: row.issuer, client_id: row.clientId, client_secret: secret };
    if (Object.entries(wanted).every(([key, value]) => before[key] === value)) continue;
    const { authorize_scopes = 'openid email profile', attributes_request_method = 'GET' } = before;
    const ProviderDetails = { ...wanted, authorize_scopes, attributes_request_method };
    await client.send(new UpdateIdentityProviderCommand({ ...provider, ProviderDetails }));
    changed.push(row.name);
  }
  return changed;
}
