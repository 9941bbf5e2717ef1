import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import serverless from 'serverless-http';
import { cognitoAccounts } from '../../adapters/aws/cognito-accounts.ts';
import { cognitoPeople } from '../../adapters/aws/cognito-people.ts';
import { dynamoIdempotencyStore } from '../../adapters/aws/dynamo-idempotency-store.ts';
import { dynamoSecret } from '../../adapters/aws/dynamo-secret.ts';
import { dynamoShareStore } from '../../adapters/aws/dynamo-share-store.ts';
import { dynamoUsage } from '../../adapters/aws/dynamo-usage.ts';
import { s3SignedAccess } from '../../adapters/aws/s3-signed-access.ts';
import { ssmSecret } from '../../adapters/aws/ssm-secret.ts';
import { createApi } from '../../api/app.ts';
import { api } from '../../api/descriptor.ts';
import type { Answered, ApiServices } from '../../api/services.ts';
import type { ModelView } from '../../contract/service.ts';
import type { Bucket } from '../../core/object-keys.ts';
import { knownPeople } from '../../identity/known-people.ts';
import { tokenVerifier } from '../../identity/verify.ts';
import { systemClock as clock } from '../../ports/clock.ts';
import { apiEnvironment } from '../../stack/api-environment.ts';
import { archivePrices } from '../../stack/archive-prices.ts';
import { apiVariable } from '../../stack/resource-variables.ts';
import { queuedTeacher } from '../../teaching/queued-teacher.ts';
import { readJsonVariable } from './environment.ts';
import { logger } from './log.ts';
import { readPictureSetup } from './picture-setup.ts';
import { openPorts } from './ports.ts';

const { allowed: ports, names, clients } = openPorts(api);
const environment = readJsonVariable(apiVariable, apiEnvironment, process.env);
/** Written beside the code by build/assemble. */
const shipped = JSON.parse(readFileSync(join(import.meta.dirname, 'models.json'), 'utf8')) as ModelView[];

/** Where there are pictures of people. */
function pictureSettings(): Pick<ApiServices, 'pictures'> {
  if (ports.people === undefined) return {};
  const { recipes, usualRecipe, containers } = readPictureSetup(import.meta.dirname);
  return { pictures: { recipes, usualRecipe, containers: Object.keys(containers) } };
}

/** Paths and owners; no query, no header, no body. */
const log = ({ error, ...line }: Answered): void =>
  error === undefined
    ? logger.info('answered', { ...line })
    : logger.error('failed', { ...line, error: error as Error });

async function open() {
  const { issuer, clientId, cliClientId, origins, plans, publicLinks, billing, ...config } = environment;
  // The issuer's address ends with the id of the pool.
  const pool = { client: new CognitoIdentityProviderClient({}), userPoolId: issuer.split('/').at(-1)! };
  const table = { client: clients.dynamodb, table: names.table!.name };
  const accounts = cognitoAccounts(pool);
  const app = createApi({
    ports,
    signed: s3SignedAccess({ client: clients.s3, buckets: names.buckets as Record<Bucket, string>, clock }),
    usage: dynamoUsage(table),
    sharing: {
      shares: dynamoShareStore({ ...table, clock, retentionDays: names.table!.retentionDays }),
      people: knownPeople(cognitoPeople(pool), clock),
    },
    accounts,
    ...(billing !== undefined && {
      planChanges: {
        accounts,
        upgrades: 'off',
        billing: { secret: ssmSecret({ client: new SSMClient({}), parameter: billing, clock }), clock },
      },
    }),
    answers: dynamoIdempotencyStore({ ...table, clock }),
    // API Gateway checks tokens before; whoever else may invoke the function finds that it does too.
    identity: tokenVerifier({
      issuer,
      algorithm: 'RS256',
      keys: new URL(`${issuer}/.well-known/jwks.json`),
      accessTokens: { form: 'cognito', clientIds: [clientId, cliClientId] },
    }),
    ...(ports.archiving && { archivePrices }),
    plans, // each instance counts requests by itself: several let more through than a plan says; the front's throttle holds for all
    shipped,
    config: { ...config, signIn: 'accounts', issuer, clientId, cliClientId },
    origins,
    ...(publicLinks && { links: { secret: await dynamoSecret(table, 'links'), origin: origins[0]! } }),
    ...pictureSettings(),
    ...(ports.dataSets !== undefined && {
      teaching: {
        dataSets: ports.dataSets,
        teacher: queuedTeacher({ ...ports, dataSets: ports.dataSets }),
        kinds: ['pixels'] as const, // the image of machines has no PyTorch
      },
    }),
    newId: randomUUID,
    log,
  });
  return serverless(app);
}

let opened: ReturnType<typeof open> | undefined = open(); // while Lambda starts the function, with all of its processor
opened.catch(() => {}); // thrown to the first request

/** One request as API Gateway's HTTP APIs send it, payload 2.0. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  logger.addContext(context);
  opened ??= open();
  opened.catch(() => {
    opened = undefined; // the next request tries again
  });
  return (await opened)(event, context);
}
