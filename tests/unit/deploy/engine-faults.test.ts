import { describe, expect, it } from '@jest/globals';
import { explainEngineFaults } from '../../../cli/deploy/engine/faults.ts';

const resource = 'Predict: labdeploy-predict (Function)';

/** As engine and provider write them. */
const messages: [string, string][] = [
  [
    'stackLocked',
    'error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  s3://b/.pulumi/locks/organization/labdeploy/dev/6d.json: created by ada@lab-pc (pid 4711) at 2026-11-21T10:00:00Z',
  ],
  ['stackLocked', '[409] Conflict: Another update is currently in progress.'],
  ['passphraseWrong', 'error: constructing secrets manager of type "passphrase": incorrect passphrase'],
  ['credentialsExpired', 'api error ExpiredTokenException: The security token included in the request is expired'],
  ['credentialsRefused', 'api error InvalidClientTokenId: The security token included in the request is invalid.'],
  ['credentialsMissing', 'No valid credential sources found'],
  [
    'deployDenied',
    'creating Lambda Function (x): operation error Lambda: CreateFunction, https response error StatusCode: 403, api error AccessDeniedException: User: arn:aws:iam::1:user/ada is not authorized to perform: lambda:CreateFunction on resource: x',
  ],
  ['quotaReached', 'api error TooManyBuckets: You have attempted to create more buckets than allowed'],
  [
    'quotaReached',
    "api error InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [10].",
  ],
  [
    'memoryRefused',
    "creating Lambda Function (x): operation error Lambda: CreateFunction, https response error StatusCode: 400, api error ValidationException: 'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 3008",
  ],
  ['awsBusy', 'api error ThrottlingException: Rate exceeded'],
  ['nameTaken', 'creating S3 Bucket (labdeploy-dev-inputs): BucketAlreadyExists'],
  ['nameTaken', 'api error EntityAlreadyExists: Role with name x already exists.'],
  ['justDeleted', 'api error QueueDeletedRecently: You must wait 60 seconds after deleting a queue'],
  ['serviceOff', 'api error OptInRequired: You are not subscribed to this service'],
  [
    'accountUnverified',
    'api error AccessDenied: Your account must be verified before you can add new CloudFront resources.',
  ],
  ['bucketNotEmpty', 'api error BucketNotEmpty: The bucket you tried to delete is not empty'],
  [
    'dataProtected',
    'api error ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
  ],
  ['pluginMissing', 'error: could not load plugin for aws provider: no resource plugin aws-v7.48.0 found'],
  ['codeTooLarge', 'api error InvalidParameterValueException: Unzipped size must be smaller than 262144000 bytes'],
  ['awsUnreachable', 'Post "https://sqs.eu-central-1.amazonaws.com/": dial tcp: i/o timeout'],
  ['deployFailed', 'something that nobody has seen before'],
];

describe('what the engine says', () => {
  it.each(messages)('is reported as %s: %s', (code, message) => {
    const cause = new Error('the engine');
    const error = explainEngineFaults([{ resource, message }], 'dev', cause);
    expect(error.code).toBe(code);
    expect(error.cause).toBe(cause);
  });

  it('names the holder of a lock', () => {
    expect(explainEngineFaults([{ message: messages[0]![1] }], 'dev').advice).toEqual({
      exit: 6,
      what: 'dev is being changed',
      why: 'by ada@lab-pc, process 4711, since 2026-11-21T10:00:00Z',
      next: 'wait for it to end; if it cannot end any more, labdeploy unlock --stack dev',
    });
  });

  it('names the denied action and the resource that needed it', () => {
    const [, message] = messages.find(([code]) => code === 'deployDenied')!;
    expect(explainEngineFaults([{ resource, message }], 'dev').advice.what).toBe(
      'lambda:CreateFunction is not allowed, needed for Predict: labdeploy-predict (Function)',
    );
  });

  it('is reported by its first known cause, not by what failed because of it', () => {
    const faults = [
      { message: 'update failed' },
      { resource, message: 'api error ThrottlingException: Rate exceeded' },
    ];
    expect(explainEngineFaults(faults, 'dev').code).toBe('awsBusy');
  });
});
