import {
  ApiGatewayV2Client,
  GetApisCommand,
  GetAuthorizersCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  CloudFrontClient,
  ListOriginAccessControlsCommand,
  ListResponseHeadersPoliciesCommand,
  paginateListDistributions,
} from '@aws-sdk/client-cloudfront';
import {
  CognitoIdentityProviderClient,
  DescribeIdentityProviderCommand,
  DescribeManagedLoginBrandingByClientCommand,
  ListUserPoolClientsCommand,
  paginateListUserPools,
} from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsAccount } from '../account.ts';
import { ownBuckets } from '../own-buckets.ts';
import type { Properties, StateResource } from './engine-state.ts';
import { soughtByTags } from './tagged-ids.ts';

const scaledId = ({ serviceNamespace, resourceId, scalableDimension }: Properties): string =>
  `${serviceNamespace}/${resourceId}/${scalableDimension}`;

/** Ids that follow from the inputs, in the form that the AWS provider reads them back by. */
const knownIds: Readonly<Record<string, (inputs: Properties, account: AwsAccount) => string>> = {
  'aws:codebuild/project:Project': ({ name }, { partition, region, id }) =>
    `arn:${partition}:codebuild:${region}:${id}:project/${name}`,
  'aws:ecr/repository:Repository': ({ name }) => name,
  'aws:ecr/lifecyclePolicy:LifecyclePolicy': ({ repository }) => repository,
  'aws:dynamodb/table:Table': ({ name }) => name,
  'aws:iam/role:Role': ({ name }) => name,
  'aws:iam/rolePolicy:RolePolicy': ({ role, name }) => `${role}:${name}`,
  'aws:lambda/function:Function': ({ name }) => name,
  'aws:lambda/permission:Permission': ({ function: of, statementId }) => `${of}/${statementId}`,
  'aws:cloudwatch/eventRule:EventRule': ({ name }) => name,
  'aws:cloudwatch/eventTarget:EventTarget': ({ rule, targetId }) => `${rule}/${targetId}`,
  'aws:cloudwatch/logGroup:LogGroup': ({ name }) => name,
  'aws:cloudwatch/metricAlarm:MetricAlarm': ({ name }) => name,
  'aws:cloudwatch/dashboard:Dashboard': ({ dashboardName }) => dashboardName,
  'aws:sns/topic:Topic': ({ name }, { partition, region, id }) => `arn:${partition}:sns:${region}:${id}:${name}`,
  'aws:cloudfront/function:Function': ({ name }) => name,
  'aws:cognito/userPoolDomain:UserPoolDomain': ({ domain }) => domain,
  'aws:cognito/userGroup:UserGroup': ({ userPoolId, name }) => `${userPoolId}/${name}`,
  'aws:apigatewayv2/stage:Stage': ({ apiId, name }) => `${apiId}/${name}`,
  'aws:scheduler/schedule:Schedule': ({ name, groupName = 'default' }) => `${groupName}/${name}`,
  'aws:budgets/budget:Budget': ({ name }, { id }) => `${id}:${name}`,
  'aws:batch/computeEnvironment:ComputeEnvironment': ({ name }) => name,
  'aws:batch/jobQueue:JobQueue': ({ name }, { partition, region, id }) =>
    `arn:${partition}:batch:${region}:${id}:job-queue/${name}`,
  'aws:sagemaker/model:Model': ({ name }) => name,
  'aws:sagemaker/endpointConfiguration:EndpointConfiguration': ({ name }) => name,
  'aws:sagemaker/endpoint:Endpoint': ({ name }) => name,
  'aws:appautoscaling/target:Target': (target) => scaledId(target),
  'aws:appautoscaling/policy:Policy': (policy) => `${scaledId(policy)}/${policy.name}`,
  'aws:ec2/route:Route': ({ routeTableId, destinationCidrBlock }) => `${routeTableId}_${destinationCidrBlock}`,
  'aws:ec2/routeTableAssociation:RouteTableAssociation': ({ subnetId, routeTableId }) => `${subnetId}/${routeTableId}`,
};

type Find = (inputs: Properties, account: AwsAccount) => Promise<string | undefined>;

/** Ids that AWS made up, found by what the inputs say. */
const sought: Readonly<Record<string, Find>> = {
  ...soughtByTags,
  // Another account may have a bucket of that name, and let everybody read its tags.
  'aws:s3/bucket:Bucket': async ({ bucket }, account) => {
    const asked = ownBuckets(account).send(new HeadBucketCommand({ Bucket: bucket }));
    return (await unlessAbsent(/^(NotFound|403|Forbidden|AccessDenied)$/, asked)) && bucket;
  },
  'aws:apigatewayv2/api:Api': async ({ name }, { client }) => {
    const { Items = [] } = await new ApiGatewayV2Client(client).send(new GetApisCommand({ MaxResults: '500' }));
    return Items.find(({ Name }) => Name === name)?.ApiId;
  },
  'aws:apigatewayv2/integration:Integration': async ({ apiId, integrationUri }, { client }) => {
    const { Items = [] } = await new ApiGatewayV2Client(client).send(new GetIntegrationsCommand({ ApiId: apiId }));
    const found = Items.find(({ IntegrationUri }) => IntegrationUri === integrationUri);
    return found && `${apiId}/${found.IntegrationId}`;
  },
  'aws:apigatewayv2/authorizer:Authorizer': async ({ apiId, name }, { client }) => {
    const { Items = [] } = await new ApiGatewayV2Client(client).send(new GetAuthorizersCommand({ ApiId: apiId }));
    const found = Items.find(({ Name }) => Name === name);
    return found && `${apiId}/${found.AuthorizerId}`;
  },
  'aws:apigatewayv2/route:Route': async ({ apiId, routeKey }, { client }) => {
    const { Items = [] } = await new ApiGatewayV2Client(client).send(new GetRoutesCommand({ ApiId: apiId }));
    const found = Items.find(({ RouteKey }) => RouteKey === routeKey);
    return found && `${apiId}/${found.RouteId}`;
  },
  'aws:cognito/userPool:UserPool': async ({ name }, { client }) => {
    const cognito = new CognitoIdentityProviderClient(client);
    for await (const { UserPools = [] } of paginateListUserPools({ client: cognito }, { MaxResults: 60 })) {
      const found = UserPools.find(({ Name }) => Name === name);
      if (found !== undefined) return found.Id;
    }
    return undefined;
  },
  'aws:cognito/userPoolClient:UserPoolClient': async ({ userPoolId, name }, { client }) => {
    const { UserPoolClients = [] } = await new CognitoIdentityProviderClient(client).send(
      new ListUserPoolClientsCommand({ UserPoolId: userPoolId, MaxResults: 60 }),
    );
    const found = UserPoolClients.find(({ ClientName }) => ClientName === name);
    return found && `${userPoolId}/${found.ClientId}`;
  },
  'aws:cognito/identityProvider:IdentityProvider': async ({ userPoolId, providerName }, { client }) => {
    const asked = new CognitoIdentityProviderClient(client).send(
      new DescribeIdentityProviderCommand({ UserPoolId: userPoolId, ProviderName: providerName }),
    );
    return (await unlessAbsent(/^ResourceNotFoundException$/, asked)) && `${userPoolId}:${providerName}`;
  },
  'aws:cognito/managedLoginBranding:ManagedLoginBranding': async ({ userPoolId, clientId }, { client }) => {
    const asked = new CognitoIdentityProviderClient(client).send(
      new DescribeManagedLoginBrandingByClientCommand({ UserPoolId: userPoolId, ClientId: clientId }),
    );
    const found = await unlessAbsent(/^ResourceNotFoundException$/, asked);
    return found && `${userPoolId},${found.ManagedLoginBranding!.ManagedLoginBrandingId}`;
  },
  'aws:sqs/queue:Queue': async ({ name }, { client }) => {
    const asked = new SQSClient(client).send(new GetQueueUrlCommand({ QueueName: name }));
    return (await unlessAbsent(/^QueueDoesNotExist$/, asked))?.QueueUrl;
  },
  'aws:cloudfront/distribution:Distribution': async ({ comment }, { client }) => {
    const cloudfront = new CloudFrontClient(client);
    for await (const { DistributionList } of paginateListDistributions({ client: cloudfront }, {})) {
      const found = DistributionList?.Items?.find(({ Comment }) => Comment === comment);
      if (found !== undefined) return found.Id;
    }
    return undefined;
  },
  'aws:cloudfront/originAccessControl:OriginAccessControl': async ({ name }, { client }) => {
    const { OriginAccessControlList } = await new CloudFrontClient(client).send(
      new ListOriginAccessControlsCommand({}),
    );
    return OriginAccessControlList?.Items?.find(({ Name }) => Name === name)?.Id;
  },
  'aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy': async ({ name }, { client }) => {
    const { ResponseHeadersPolicyList } = await new CloudFrontClient(client).send(
      new ListResponseHeadersPoliciesCommand({ Type: 'custom' }),
    );
    const found = ResponseHeadersPolicyList?.Items?.find(
      ({ ResponseHeadersPolicy }) => ResponseHeadersPolicy?.ResponseHeadersPolicyConfig?.Name === name,
    );
    return found?.ResponseHeadersPolicy?.Id;
  },
  'aws:lambda/eventSourceMapping:EventSourceMapping': async ({ functionName, eventSourceArn }, { client }) => {
    const { EventSourceMappings = [] } = await new LambdaClient(client).send(
      new ListEventSourceMappingsCommand({ FunctionName: functionName, EventSourceArn: eventSourceArn }),
    );
    return EventSourceMappings[0]?.UUID;
  },
};

async function unlessAbsent<T>(absence: RegExp, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (absence.test((error as Error).name)) return undefined;
    throw error;
  }
}

/** Settings of something else: made once more they are the same, and they go with what they belong to. */
export const settingTypes: ReadonlySet<string> = new Set([
  'aws:sns/topicPolicy:TopicPolicy',
  'aws:sns/topicSubscription:TopicSubscription',
  'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig',
  'aws:s3/bucketCorsConfiguration:BucketCorsConfiguration',
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
  'aws:s3/bucketNotification:BucketNotification',
  'aws:s3/bucketObjectv2:BucketObjectv2',
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
  'aws:s3/bucketPolicy:BucketPolicy',
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
]);

/** Every type that a change which was cut off can be continued with. */
export const adoptableTypes: readonly string[] = [...Object.keys(knownIds), ...Object.keys(sought), ...settingTypes];

/** What the engine writes for a value that is not known yet. Source: resource/plugin of the engine, and the SDKs. */
export const unknownTypes = /04da6b54-80e4-46f7-96ec-b56ff0331ba9|output<string>/;

class NotKnown extends Error {}

/** Inputs of which those that are not known yet cannot be read: what follows from them is not there either. */
const knownOf = (inputs: Properties): Properties =>
  new Proxy(inputs, {
    get(target, name: string) {
      const value = target[name];
      if (unknownTypes.test(JSON.stringify(value) ?? '')) throw new NotKnown(name);
      return value;
    },
  });

/**
 * The id under which a resource may be there that was being made when its maker was killed. Undefined: it is not there,
 * or is a setting of something else. Of a named one only reading it back tells whether it is there.
 */
export async function findUnrecorded(
  { type, inputs = {} }: StateResource,
  account: AwsAccount,
): Promise<string | undefined> {
  try {
    return knownIds[type]?.(knownOf(inputs), account) ?? (await sought[type]?.(knownOf(inputs), account));
  } catch (error) {
    if (error instanceof NotKnown) return undefined;
    throw error;
  }
}
