import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';

export const region = 'eu-central-1';
/** The account that moto simulates. */
export const accountId = '123456789012';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Of the account's owner, to whom everything is allowed. */
export const owner: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** What every client of the simulated account needs. */
export const clientSettings = (url: string, credentials = owner) => ({
  endpoint: url,
  region,
  credentials,
  maxAttempts: 1,
});

/** Clients of the services that labdeploy uses. */
export function clientsFor(url: string, credentials = owner) {
  const settings = clientSettings(url, credentials);
  return {
    s3: new S3Client({ ...settings, forcePathStyle: true }), // moto finds no bucket in a host name
    sqs: new SQSClient(settings),
    dynamodb: new DynamoDBClient(settings),
    apigateway: new ApiGatewayV2Client(settings),
    cloudfront: new CloudFrontClient(settings),
    cognito: new CognitoIdentityProviderClient(settings),
    iam: new IAMClient(settings),
    lambda: new LambdaClient(settings),
    ses: new SESv2Client(settings),
    sns: new SNSClient(settings),
    sts: new STSClient(settings),
  };
}

export type Clients = ReturnType<typeof clientsFor>;
