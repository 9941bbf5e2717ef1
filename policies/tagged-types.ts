/** Every resource carries it, so that what a stack pays for can be found, and that nothing is left of it. */
export const stackTag = 'labdeploy:stack';

/** Whose it is beyond doubt: base name, stack, account and region. Deployments of earlier versions get it with their next up. */
export const deploymentTag = 'labdeploy:deployment';

/** Whether each type of resource that a stack is made of takes tags. */
export const taggedTypes: Readonly<Record<string, boolean>> = {
  'aws:apigatewayv2/api:Api': true,
  'aws:apigatewayv2/authorizer:Authorizer': false,
  'aws:apigatewayv2/integration:Integration': false,
  'aws:apigatewayv2/route:Route': false,
  'aws:apigatewayv2/stage:Stage': true,
  'aws:budgets/budget:Budget': true,
  'aws:cloudfront/distribution:Distribution': true,
  'aws:cloudfront/function:Function': false,
  'aws:cloudfront/originAccessControl:OriginAccessControl': false,
  'aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy': false,
  'aws:cloudwatch/dashboard:Dashboard': false,
  'aws:cloudwatch/logGroup:LogGroup': true,
  'aws:cloudwatch/metricAlarm:MetricAlarm': true,
  'aws:cognito/managedLoginBranding:ManagedLoginBranding': false,
  'aws:cognito/userGroup:UserGroup': false,
  'aws:cognito/userPool:UserPool': true,
  'aws:cognito/userPoolClient:UserPoolClient': false,
  'aws:cognito/userPoolDomain:UserPoolDomain': false,
  'aws:dynamodb/table:Table': true,
  'aws:iam/role:Role': true,
  'aws:iam/rolePolicy:RolePolicy': false,
  'aws:lambda/eventSourceMapping:EventSourceMapping': true,
  'aws:lambda/function:Function': true,
  'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig': false,
  'aws:lambda/permission:Permission': false,
  'aws:s3/bucket:Bucket': true,
  'aws:s3/bucketCorsConfiguration:BucketCorsConfiguration': false,
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': false,
  'aws:s3/bucketNotification:BucketNotification': false,
  'aws:s3/bucketObjectv2:BucketObjectv2': false, // its bucket is
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': false,
  'aws:s3/bucketPolicy:BucketPolicy': false,
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': false,
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': false,
  'aws:scheduler/schedule:Schedule': false,
  'aws:sns/topic:Topic': true,
  'aws:sns/topicPolicy:TopicPolicy': false,
  'aws:sns/topicSubscription:TopicSubscription': false,
  'aws:sqs/queue:Queue': true,
};
