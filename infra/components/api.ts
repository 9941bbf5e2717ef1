import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { api } from '../../functions/api/descriptor.ts';
import { operationsWith } from '../../functions/contract/operations.ts';
import type { Feature } from '../../functions/core/features.ts';
import type { ApiEnvironment } from '../../functions/stack/api-environment.ts';
import { apiVariable } from '../../functions/stack/resource-variables.ts';
import { accessStatements } from '../../policies/access-statements.ts';
import { featuresOf } from '../features.ts';
import type { StackContext } from '../stack-context.ts';
import { environmentOf, resourceArns, type StackResources } from '../stack-resources.ts';
import { StageFunction } from './stage-function.ts';

/** Requests a second of all people together, and how many may come at once. */
const throttle = { rate: 100, burst: 500 };
/** Of each slower route: whom nobody knows yet writes to the table there. */
const slowerThrottle = { rate: 20, burst: 100 };

/** The HTTP API without anything behind it: its address is in what its function and the page get. */
export class ApiFront extends pulumi.ComponentResource {
  readonly api: aws.apigatewayv2.Api;

  constructor(name: string, { context }: { context: StackContext }, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:ApiFront', name, {}, opts);
    this.api = new aws.apigatewayv2.Api(
      name,
      { name: context.name('api', 'api'), protocolType: 'HTTP', description: `labdeploy: ${context.stack}` },
      { parent: this },
    );
    this.registerOutputs({ url: this.api.apiEndpoint });
  }
}

export interface ApiArgs {
  context: StackContext;
  apiFront: ApiFront;
  resources: StackResources;
  code: string;
  issuer: pulumi.Input<string>;
  /** Of the clients whose tokens are good. */
  audiences: pulumi.Input<string>[];
  /** Routes of others, which take fewer requests. */
  slower: aws.apigatewayv2.Route[];
  environment: { [K in keyof ApiEnvironment]: pulumi.Input<ApiEnvironment[K]> };
}

/** The API's function behind the front, which lets no request in without a token but where the operation is public. */
export class Api extends pulumi.ComponentResource {
  readonly function: StageFunction;

  constructor(name: string, args: ApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:stage:Api', name, {}, opts);
    const childOpts = { parent: this };
    const { context, apiFront, resources, code, issuer, audiences, slower, environment } = args;
    this.function = new StageFunction(
      `${name}-function`,
      {
        context,
        descriptor: api,
        code,
        statements: resourceArns(resources).apply((arns) => accessStatements(api, arns)),
        environment: { ...environmentOf(api, resources), [apiVariable]: pulumi.jsonStringify(environment) },
      },
      childOpts,
    );
    new aws.lambda.Permission(
      `${name}-permission`,
      {
        function: this.function.function.name,
        statementId: 'http-api',
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        sourceArn: pulumi.interpolate`${apiFront.api.executionArn}/*/*`,
      },
      childOpts,
    );
    const integration = new aws.apigatewayv2.Integration(
      `${name}-integration`,
      {
        apiId: apiFront.api.id,
        integrationType: 'AWS_PROXY',
        integrationUri: this.function.function.arn,
        payloadFormatVersion: '2.0',
        timeoutMilliseconds: 30_000,
      },
      childOpts,
    );
    const authorizer = new aws.apigatewayv2.Authorizer(
      `${name}-authorizer`,
      {
        apiId: apiFront.api.id,
        name: 'tokens-of-the-lab',
        authorizerType: 'JWT',
        identitySources: ['$request.header.Authorization'],
        jwtConfiguration: { issuer, audiences },
      },
      childOpts,
    );
    const features = featuresOf(context.config);
    const target = pulumi.interpolate`integrations/${integration.id}`;
    for (const routeKey of openRoutes(features)) {
      new aws.apigatewayv2.Route(
        `${name}-route-${routeKey.replaceAll(/\W+/g, '-')}`,
        { apiId: apiFront.api.id, routeKey, target, authorizationType: 'NONE' },
        childOpts,
      );
    }
    for (const path of closedPaths(features)) {
      new aws.apigatewayv2.Route(
        path === '/v1/{proxy+}' ? `${name}-route` : `${name}-route-${path.replaceAll(/\W+/g, '-')}`,
        {
          apiId: apiFront.api.id,
          routeKey: `ANY ${path}`,
          target,
          authorizationType: 'JWT',
          authorizerId: authorizer.id,
        },
        childOpts,
      );
    }
    const log = new aws.cloudwatch.LogGroup(
      `${name}-access-log`,
      {
        name: `/aws/apigateway/${context.name('api', 'api')}`,
        retentionInDays: context.config.logRetentionDays,
      },
      childOpts,
    );
    new aws.apigatewayv2.Stage(
      `${name}-stage`,
      {
        apiId: apiFront.api.id,
        name: '$default',
        autoDeploy: true,
        defaultRouteSettings: {
          throttlingRateLimit: throttle.rate,
          throttlingBurstLimit: throttle.burst,
          detailedMetricsEnabled: false,
        },
        ...(slower.length > 0 && {
          routeSettings: slower.map(({ routeKey }) => ({
            routeKey,
            throttlingRateLimit: slowerThrottle.rate,
            throttlingBurstLimit: slowerThrottle.burst,
          })),
        }),
        accessLogSettings: { destinationArn: log.arn, format: JSON.stringify(accessLine) },
      },
      childOpts,
    );
    this.registerOutputs({ functionName: this.function.function.name });
  }
}

/** What nobody reaches without a token. */
const closedPaths = (features: ReadonlySet<Feature>): readonly string[] => [
  '/v1/{proxy+}',
  ...(features.has('people') ? ['/apis/{proxy+}', '/agree'] : []), // for pages of the first picture services
];

/** What needs no token: the public operations, and the description of the API. */
const openRoutes = (features: ReadonlySet<Feature>): readonly string[] => [
  'GET /openapi.json',
  ...(features.has('gallery') ? ['GET /gallery/{figure}'] : []), // pages of public cards
  ...closedPaths(features).map((path) => `OPTIONS ${path}`), // a browser asks without a token; the function says which pages may
  ...operationsWith(features)
    .filter((operation) => operation.public === true)
    .map(({ method, path }) => `${method} ${path}`),
];

/** One line of the access log. No query, no header and no path: they may hold tokens. The function logs paths without. */
const accessLine = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  owner: '$context.authorizer.claims.sub',
  refusal: '$context.authorizer.error',
  error: '$context.integrationErrorMessage',
};
