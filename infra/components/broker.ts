import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { broker } from '../../functions/broker/descriptor.ts';
import { brokerVariable } from '../../functions/stack/resource-variables.ts';
import { type BrokerEnvironment, brokerPath } from '../../functions/stack/sign-in-broker.ts';
import { accessStatements } from '../../policies/access-statements.ts';
import type { StackContext } from '../stack-context.ts';
import { environmentOf, resourceArns, type StackResources } from '../stack-resources.ts';
import type { ApiFront } from './api.ts';
import { StageFunction } from './stage-function.ts';

export interface BrokerArgs {
  context: StackContext;
  apiFront: ApiFront;
  resources: StackResources;
  code: string;
  environment: { [K in keyof BrokerEnvironment]: pulumi.Input<BrokerEnvironment[K]> };
}

/** What it answers needs no token: whoever asks is not signed in yet. */
const routeKeys = ['GET', 'POST'].map((method) => `${method} ${brokerPath}/{proxy+}`);

/** The issuer of the lab's own between the pool and institutions that do not fit it, behind the front of the API. */
export class Broker extends pulumi.ComponentResource {
  readonly function: StageFunction;
  readonly routes: aws.apigatewayv2.Route[];

  constructor(name: string, args: BrokerArgs, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:Broker', name, {}, opts);
    const childOpts = { parent: this };
    const { context, apiFront, resources, code, environment } = args;
    this.function = new StageFunction(
      `${name}-function`,
      {
        context,
        descriptor: broker,
        code,
        statements: resourceArns(resources).apply((arns) => accessStatements(broker, arns)),
        environment: { ...environmentOf(broker, resources), [brokerVariable]: pulumi.jsonStringify(environment) },
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
        sourceArn: pulumi.interpolate`${apiFront.api.executionArn}/*/*${brokerPath}/*`,
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
    this.routes = routeKeys.map(
      (routeKey) =>
        new aws.apigatewayv2.Route(
          `${name}-route-${routeKey.split(' ')[0]!.toLowerCase()}`,
          {
            apiId: apiFront.api.id,
            routeKey,
            target: pulumi.interpolate`integrations/${integration.id}`,
            authorizationType: 'NONE',
          },
          childOpts,
        ),
    );
    this.registerOutputs({ functionName: this.function.function.name });
  }
}
