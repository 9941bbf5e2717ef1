import type { Row } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';

const { usage, failed, declined, locked } = exitCodes;

/** What can go wrong between labdeploy and an AWS account. */
export const deployRows = {
  regionMissing: () => ({
    exit: usage,
    what: 'no AWS region',
    why: 'neither --region, AWS_REGION, Pulumi.STACK.yaml nor the profile names one',
    next: 'add --region, such as --region eu-central-1',
  }),
  regionUnknown: ({ region }: { region: string }) => ({
    exit: usage,
    what: `'${region}' is no AWS region`,
    why: 'no such region answers',
    next: 'check the name, such as eu-central-1 or us-east-1',
  }),
  regionNotServed: ({ region }: { region: string }) => ({
    exit: usage,
    what: `labdeploy does not run in ${region}`,
    why: 'in China, GovCloud and the closed partitions of AWS hosts have other names, and CloudFront or Cognito user pools are missing',
    next: 'choose a region of the standard partition, such as eu-central-1, or use labdeploy local on a machine of your own',
  }),
  credentialsMissing: () => ({
    exit: failed,
    what: 'no AWS credentials',
    why: 'neither variables, profile, SSO nor a machine role gave any',
    next: 'run aws configure or aws sso login, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  }),
  credentialsExpired: () => ({
    exit: failed,
    what: 'the AWS credentials have expired',
    why: 'AWS no longer takes this session token',
    next: 'sign in again (aws sso login, or a new session token), then run the same command again: it continues',
  }),
  credentialsRefused: ({ detail }: { detail: string }) => ({
    exit: failed,
    what: 'AWS does not take the credentials',
    why: detail,
    next: 'check the access key, its secret and, for a session, its token: labdeploy whoami; a key that was just made needs some seconds until AWS knows it everywhere',
  }),
  awsUnreachable: ({ where, detail }: { where: string; detail: string }) => ({
    exit: failed,
    what: `AWS cannot be reached at ${where}`,
    why: detail,
    next: "check the network, the proxy, the region's name and AWS_ENDPOINT_URL, then run the same command again",
  }),
  awsBusy: ({ where }: { where: string }) => ({
    exit: failed,
    what: `AWS asked to slow down at ${where}`,
    why: 'too many requests in this account just now',
    next: 'run the same command again in a minute: it continues',
  }),
  awsFailing: ({ detail }: { detail: string }) => ({
    exit: failed,
    what: 'AWS has failed at a request of its own',
    why: detail,
    next: 'run the same command again in some minutes: it continues; health.aws.amazon.com says what AWS knows of it',
  }),
  awsRefused: ({ detail }: { detail: string }) => ({
    exit: failed,
    what: 'AWS has refused a request',
    why: detail,
    next: 'run the command again with --debug; where the reason says nothing that you can change, report what it prints',
  }),
  keysFull: ({ user }: { user: string }) => ({
    exit: failed,
    what: `${user} has two access keys, and IAM allows no third`,
    why: 'each key is valid until it is deleted',
    next: `delete the one that is used no more (aws iam list-access-keys --user-name ${user}, then delete-access-key), or use the role, then run the same command again`,
  }),
  actionDenied: ({ action }: { action: string }) => ({
    exit: failed,
    what: `${action} is not allowed`,
    why: 'these credentials do not have that permission',
    next: 'let an administrator run labdeploy bootstrap-iam and use the role or user that it makes',
  }),
  deployerOfOther: ({ own, baseName }: { own: string; baseName: string }) => ({
    exit: failed,
    what: `${own}-deployer cannot deploy what is named ${baseName}-…`,
    why: `the setting baseName is ${baseName}, and a deployer may use one base name`,
    next: `let an administrator run labdeploy bootstrap-iam --base-name ${baseName} and use ${baseName}-deployer, or leave baseName unset`,
  }),
  stateInUse: ({ name, others }: { name: string; others: string }) => ({
    exit: failed,
    what: `${name} was not removed: --all removes the state, which other stacks need; nothing was changed`,
    why: `there are still: ${others}`,
    next: `labdeploy destroy --stack ${name} without --all, or remove the others first`,
  }),
  deployDenied: ({ where, action }: { where: string; action: string }) => ({
    exit: failed,
    what: `${action} is not allowed, needed for ${where}`,
    why: 'these credentials do not have that permission',
    next: 'let an administrator run labdeploy bootstrap-iam (again, after an update of labdeploy), then run the same command again',
  }),
  stateRefused: ({ bucket }: { bucket: string }) => ({
    exit: failed,
    what: `the state bucket ${bucket} cannot be used`,
    why: 'it belongs to another account, or these credentials may not read it',
    next: 'use the deployer of labdeploy bootstrap-iam, or name another place with PULUMI_BACKEND_URL',
  }),
  passphraseWrong: ({ stack }: { stack: string }) => ({
    exit: failed,
    what: `the state of ${stack} cannot be decrypted`,
    why: 'the passphrase is not the one it was encrypted with',
    next: 'unset PULUMI_CONFIG_PASSPHRASE to use the one that labdeploy keeps in SSM, or set the right one',
  }),
  engineMissing: ({ detail }: { detail: string }) => ({
    exit: failed,
    what: 'no Pulumi engine',
    why: `it is not on PATH and could not be downloaded: ${detail}`,
    next: 'install Pulumi 3.250 or newer so that `pulumi version` answers, or check the network',
  }),
  pluginMissing: ({ detail }: { detail: string }) => ({
    exit: failed,
    what: 'the AWS plugin of the engine could not be had',
    why: detail,
    next: 'check the network, or run: pulumi plugin install resource aws',
  }),
  stackNameRefused: ({ name }: { name: string }) => ({
    exit: usage,
    what: `'${name}' cannot name a stack`,
    why: 'it becomes part of the names of buckets and functions: lower-case letters, digits and -, a letter first, at most 20',
    next: 'choose another with --stack',
  }),
  stackNotFound: ({ name, region }: { name: string; region: string }) => ({
    exit: failed,
    what: `no stack '${name}' in ${region}`,
    why: 'the state of this account and region does not know it',
    next: 'labdeploy stacks lists those there are; labdeploy up makes one',
  }),
  stackLocked: ({ name, holder }: { name: string; holder: string }) => ({
    exit: locked,
    what: `${name} is being changed`,
    why: `by ${holder}`,
    next: `wait for it to end; if it cannot end any more, labdeploy unlock --stack ${name}`,
  }),
  stackIncomplete: ({ name }: { name: string }) => ({
    exit: failed,
    what: `${name} is not fully deployed`,
    why: 'its first deployment did not come to its end',
    next: `labdeploy up --stack ${name}`,
  }),
  stackRemoved: ({ name }: { name: string }) => ({
    exit: failed,
    what: `${name} was removed, but for its data or what an interrupted destroy left`,
    why: 'the last change of it was a destroy',
    next: `labdeploy up --stack ${name} continues with what is left; labdeploy destroy --stack ${name} removes it`,
  }),
  stackNotEmpty: ({ name, resources }: { name: string; resources: number }) => ({
    exit: failed,
    what: `${name} still has ${resources} resources`,
    why: 'only an empty stack can be forgotten',
    next: `labdeploy destroy --stack ${name}`,
  }),
  configRefused: ({ key, detail }: { key: string; detail: string }) => ({
    exit: usage,
    what: `the setting ${key} cannot be used`,
    why: detail,
    next: key.endsWith('.yaml')
      ? `correct ${key} and run the same command again`
      : `change it: labdeploy up --config ${key.replace(/^labdeploy:/, '')}=VALUE, or in Pulumi.STACK.yaml`,
  }),
  nameTaken: ({ where, detail }: { where: string; detail: string }) => ({
    exit: failed,
    what: `the name of ${where} is taken`,
    why: detail,
    next: 'choose another stack name with --stack, or remove what has the name and run the same command again',
  }),
  justDeleted: ({ where }: { where: string }) => ({
    exit: failed,
    what: `${where} was deleted a moment ago`,
    why: 'AWS gives the name free only after a minute',
    next: 'run the same command again in a minute: it continues',
  }),
  quotaReached: ({ where, detail }: { where: string; detail: string }) => ({
    exit: failed,
    what: `a quota of the account is reached at ${where}`,
    why: detail,
    next: 'ask for more in the Service Quotas console, or remove what is not needed; then run the same command again',
  }),
  memoryRefused: ({ where, detail }: { where: string; detail: string }) => ({
    exit: failed,
    what: `AWS gives functions of this account less memory than ${where} asks for`,
    why: detail,
    next: 'labdeploy up --config memory=3008, or ask AWS support for more: new accounts get 3008 MB',
  }),
  serviceOff: ({ where, detail }: { where: string; detail: string }) => ({
    exit: failed,
    what: `${where} needs a service that this account or region does not have`,
    why: detail,
    next: 'choose another region with --region, or let an administrator switch the service on; labdeploy doctor checks all',
  }),
  accountUnverified: ({ where, detail }: { where: string; detail: string }) => ({
    exit: failed,
    what: `AWS has not verified this account yet, needed for ${where}`,
    why: detail,
    next: 'open a case at AWS Support (account and billing, free), then run the same command again',
  }),
  bucketNotEmpty: ({ where }: { where: string }) => ({
    exit: failed,
    what: `${where} is not empty`,
    why: 'something was written into it while it was being removed',
    next: 'run the same command again',
  }),
  dataProtected: ({ where }: { where: string }) => ({
    exit: failed,
    what: `${where} is protected`,
    why: 'the stack was deployed with protectData',
    next: 'labdeploy up --config protectData=false, then run the same command again; or destroy --keep-data',
  }),
  expiryBusy: ({ table }: { table: string }) => ({
    exit: failed,
    what: `the expiry of ${table} cannot be switched off yet; nothing was removed`,
    why: 'AWS changes it once an hour, and it was changed less than an hour ago',
    next: 'run the same command again in an hour',
  }),
  dataWouldGo: ({ stack, resources }: { stack: string; resources: string }) => ({
    exit: failed,
    what: `up does not replace what holds data of ${stack}; nothing was changed`,
    why: `with these settings would go: ${resources}`,
    next: 'take the setting back (baseName stays for the life of a stack), or deploy another stack with --stack NAME and destroy this one when its data is no longer needed',
  }),
  codeTooLarge: ({ where, detail }: { where: string; detail: string }) => ({
    exit: failed,
    what: `the code of ${where} is too large for Lambda`,
    why: detail,
    next: 'use a smaller model, or delete old versions of functions in the account',
  }),
  deployFailed: ({ where, detail }: { where: string; detail: string }) => ({
    exit: failed,
    what: `${where} could not be changed`,
    why: detail,
    next: 'fix it and run the same command again: it continues; --debug shows all that the engine said',
  }),
  notAnswering: ({ url, detail }: { url: string; detail: string }) => ({
    exit: failed,
    what: `${url} is deployed and does not answer yet`,
    why: detail,
    next: 'a new address can take a quarter of an hour; labdeploy status shows when it answers',
  }),
  leftovers: ({ stack, count }: { stack: string; count: number }) => ({
    exit: failed,
    what: `${stack} is not fully removed`,
    why: `resources still there, each named above: ${count}`,
    next: `labdeploy destroy --stack ${stack}; what it names again, remove in the AWS console: the state has lost it`,
  }),
  nameDiffers: ({ typed, name }: { typed: string; name: string }) => ({
    exit: declined,
    what: `'${typed}' is not ${name}`,
    why: 'the name typed back must be the same; nothing changed',
    next: 'run the same command again and type the name, or add --yes',
  }),
  policyEdited: ({ name }: { name: string }) => ({
    exit: failed,
    what: `${name} is not as labdeploy wrote it`,
    why: 'it was changed by hand, perhaps to allow less',
    next: 'compare it with labdeploy bootstrap-iam --print, then add --overwrite to replace it',
  }),
  deployerIncomplete: ({ name, count }: { name: string; count: number }) => ({
    exit: failed,
    what: `${name} lacks ${count} permissions`,
    why: 'each is named above; a policy is missing, outdated, or bounded by another',
    next: 'run labdeploy bootstrap-iam as an administrator',
  }),
  doctorFailed: ({ count }: { count: number }) => ({
    exit: failed,
    what: `${count} problems stand in the way of a deployment`,
    why: 'each is marked with fail above',
    next: 'fix them as the lines say and run labdeploy doctor again',
  }),
} satisfies Record<string, (facts: never) => Row>;
