import { endpointStatements } from '../../policies/deployer/endpoints.ts';
import { machineStatements } from '../../policies/deployer/machines.ts';

const deliveries = 'API Gateway asks for it of whoever gives an API an access log; moto does not';
const branding = 'for signInPages=managed, whose style moto does not know';
const before = 'for a stack that was deployed before bootstrap-iam made the boundary';
const tagged = 'IAM asks for it where something is made with tags, by a rule that its lists do not have';
const plugin = "asked by Pulumi's own plugin, whose provider is newer than the stand-in's";

const machines = 'for large=cpu, which this stack has not';
/** Of policies/deployer/machines. */
const ofMachines = machineStatements({ partition: 'aws', account: '*', baseName: 'labdeploy' }).flatMap(
  ({ id, actions }) => actions.map((action) => [`${id} ${action}`, machines] as const),
);
const endpoints = 'for endpoint=sagemaker, which this stack has not';
/** Of policies/deployer/endpoints. */
const ofEndpoints = endpointStatements({ partition: 'aws', account: '*', baseName: 'labdeploy' }).flatMap(
  ({ id, actions }) => actions.map((action) => [`${id} ${action}`, endpoints] as const),
);
const institutions = 'for signInWith, which this stack has not: the service in the simulated account has it';
const builds = 'the image of this deployer was built before: unit/deploy/image-builds plays CodeBuild';

/** `{statement} {action}` of the deployer that no test can show to be needed, and why. */
export const notUsedHere: Readonly<Record<string, string>> = {
  ...Object.fromEntries(ofMachines),
  ...Object.fromEntries(ofEndpoints),
  'AccessLogs logs:CreateLogDelivery': deliveries,
  'AccessLogs logs:DeleteLogDelivery': deliveries,
  'AccessLogs logs:DescribeResourcePolicies': deliveries,
  'AccessLogs logs:GetLogDelivery': deliveries,
  'AccessLogs logs:ListLogDeliveries': deliveries,
  'AccessLogs logs:PutResourcePolicy': deliveries,
  'AccessLogs logs:UpdateLogDelivery': deliveries,
  'Functions lambda:GetFunctionConfiguration': plugin,
  'TagHttpApis apigateway:TagResource': tagged,
  'HttpApiParts apigateway:PATCH': 'no setting changes a route or an authoriser, a later version may',
  'MakeRoles iam:PutRolePermissionsBoundary': before,
  'Pools cognito-idp:CreateManagedLoginBranding': branding,
  'Pools cognito-idp:DeleteManagedLoginBranding': branding,
  'Pools cognito-idp:DescribeManagedLoginBranding': branding,
  'Pools cognito-idp:DescribeManagedLoginBrandingByClient': branding,
  'Pools cognito-idp:TagResource': tagged,
  'Pools cognito-idp:UpdateManagedLoginBranding': branding,
  'Pools cognito-idp:UpdateUserPoolDomain': branding,
  'Roles iam:UpdateRole': 'no setting changes the length of sessions, a later version may',
  'Buckets s3:ListTagsForResource': plugin,
  'Buckets s3:TagResource': plugin,
  'EdgeFunctions cloudfront:ListTagsForResource': plugin,
  'Functions lambda:GetFunctionConcurrency': plugin,
  'Functions lambda:ListTags': plugin,
  'Look ses:GetAccount': 'asked by doctor of a stack that sends mail, and this one sends none',
  'Pools cognito-idp:AdminLinkProviderForUser': institutions,
  'Pools cognito-idp:CreateIdentityProvider': institutions,
  'Pools cognito-idp:DeleteIdentityProvider': institutions,
  'Pools cognito-idp:DescribeIdentityProvider': institutions,
  'Pools cognito-idp:UpdateIdentityProvider': institutions,
  'Restores sqs:SendMessage': 'for archiving=true, which this stack has not',
  'BuildLogs logs:GetLogEvents': builds,
  'Builders codebuild:UpdateProject': 'no setting changes the builder of images, a later version may',
  'Repositories ecr:PutImageScanningConfiguration': 'no setting changes the repository of images, a later version may',
  'Repositories ecr:PutImageTagMutability': 'no setting changes the repository of images, a later version may',
  'Builders codebuild:BatchGetBuilds': builds,
  'Builders codebuild:ListBuildsForProject': builds,
  'Builders codebuild:StartBuild': builds,
};
