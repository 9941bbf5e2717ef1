import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { dynamoOneTimeStore } from '../../adapters/aws/dynamo-one-time-store.ts';
import { ssmSecret } from '../../adapters/aws/ssm-secret.ts';
import { page } from '../../broker/answers.ts';
import { openBroker } from '../../broker/broker.ts';
import { broker } from '../../broker/descriptor.ts';
import { strings } from '../../institutions/strings.ts';
import { systemClock as clock } from '../../ports/clock.ts';
import { brokerVariable } from '../../stack/resource-variables.ts';
import { brokerEnvironment } from '../../stack/sign-in-broker.ts';
import { readJsonVariable, readResourceNames } from './environment.ts';
import { logger } from './log.ts';

const { table } = readResourceNames(broker, process.env);
const { parameter, ...environment } = readJsonVariable(brokerVariable, brokerEnvironment, process.env);
const answer = openBroker({
  ...environment,
  readSecrets: ssmSecret({ client: new SSMClient({}), parameter, clock }),
  store: dynamoOneTimeStore({ client: new DynamoDBClient({}), table: table!.name, clock }),
  clock,
  onError: (error) => logger.warn('sign-in failed', { error: error as Error }),
});

/** One request as API Gateway's HTTP APIs send it, payload 2.0. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  logger.addContext(context);
  const { rawPath: path, rawQueryString: query, headers, cookies = [], body = '', isBase64Encoded } = event;
  const { method } = event.requestContext.http;
  const request = {
    ...{ method, path, query },
    cookies: Object.fromEntries(cookies.map((cookie) => cookie.split('=', 2) as [string, string])),
    authorization: headers.authorization,
    body: isBase64Encoded ? Buffer.from(body, 'base64').toString() : body,
  };
  const { status, ...rest } = await answer(request).catch((error: unknown) => {
    logger.error('failed', { path, error: error as Error });
    const link = { href: environment.origin, text: strings.again };
    return page(500, { title: strings.failedTitle, text: strings.failed, link });
  });
  logger.info('answered', { method, path, status }); // no query, no header, no body
  return { statusCode: status, ...rest };
}
