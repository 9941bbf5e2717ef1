import { describe, expect, it } from '@jest/globals';
import type { PolicyStatement } from '../../support/simulated-account/authoriser/decide.ts';
import { accountId, region } from '../../support/simulated-account/clients.ts';
import { roleOf } from '../../support/simulated-account/role-of.ts';
import type { SimulatedService } from '../../support/simulated-account/service.ts';

const cutOff = 'gives up an upload in parts that fails half-way; its results are too small here to be sent in parts';
const corrected = 'corrections of labels, which contract tests store on moto';
const composed = 'only downloads and results of more than 5 MB are put together inside of S3';
const teachingRow = 'permissions are by method: it never adds or removes images of a data set';
const handledAtOnce = 'a message that is tried again later, as those of other queues are';
const byMethod = 'permissions are by method: it asks `files` for all of them, which the table has';

/** `{function}: {statement} {action}` of what no test makes happen, and why. */
export const untested: Readonly<Record<string, string>> = {
  'api: PartsResults s3:ListMultipartUploadParts':
    'permissions are by bucket: corrections of labels are never sent in parts',
  'api: WriteFigures s3:AbortMultipartUpload': cutOff,
  'api: WritePictures s3:AbortMultipartUpload': cutOff,
  'cold: ComposeResults s3:DeleteObject': composed,
  'cold: ComposeResults s3:GetObject': composed,
  'cold: DeleteDownloads s3:DeleteObject': 'results whose days in the archive are over, which are 90 or more',
  'cold: IndexUndone dynamodb:Query': byMethod,
  'cold: ListDownloads s3:ListBucket': 'a job whose zip is gone for ever',
  'cold: TakeMessages sqs:ChangeMessageVisibility': handledAtOnce,
  'cold: WriteDownloads s3:AbortMultipartUpload': cutOff,
  'cold: WriteResults s3:AbortMultipartUpload': cutOff,
  'pictures: TakeMessages sqs:ChangeMessageVisibility': handledAtOnce,
  'pictures: WritePictures s3:AbortMultipartUpload': cutOff,
  'predict: IndexUndone dynamodb:Query': 'only of jobs of more than 1,000 files, which contract tests end on moto',
  'predict: WriteModels s3:AbortMultipartUpload': cutOff,
  'predict: WriteResults s3:AbortMultipartUpload': cutOff,
  'sweep: SendTeaching sqs:SendMessage': 'a training whose machine was lost, which unit tests take up again',
  'sweep: DrainTeaching sqs:DeleteMessage': 'an image of a data set that is given up, as messages of other queues are',
  'sweep: Table dynamodb:PutItem': teachingRow,
  'sweep: DrainCold sqs:DeleteMessage': 'a message of the archive that is given up, as those of other queues are',
  'sweep: SendUnzip sqs:SendMessage': 'a copy of images whose beginning was lost: the service died between two calls',
  'sweep: WriteResults s3:AbortMultipartUpload': corrected,
  'sweep: WriteResults s3:PutObject': corrected,
  'teach: ListInputs s3:ListBucket': 'an image that is gone before it is copied',
  'teach: Table dynamodb:BatchGetItem': 'only of images that are in several files',
  'teach: Table dynamodb:DeleteItem': teachingRow,
  'teach: TakeMessages sqs:ChangeMessageVisibility': handledAtOnce,
  'teach: WriteDatasets s3:AbortMultipartUpload': cutOff,
  'tidy-pictures: SendDead sqs:SendMessage': 'a round that fails, as one of sweep does',
  'unzip: IndexUndone dynamodb:Query':
    'permissions are by method: unzip asks `files` for all of another job, which the table has',
  'unzip: WriteInputs s3:AbortMultipartUpload': cutOff,
  'zip: ComposeDownloads s3:DeleteObject': composed,
  'zip: ComposeDownloads s3:GetObject': composed,
  'zip: IndexUndone dynamodb:Query': byMethod,
  'zip: WriteDownloads s3:AbortMultipartUpload': cutOff,
  'zip: WriteResults s3:AbortMultipartUpload': cutOff,
};

/** Statements about machines: predict starts one in large.ts, under the rights of its role; sweep only where that failed. */
const ofMachines = /^(CountLarge|CountMachines|DrainLarge|SendLarge|StartMachines)$/;

const arn = (name: string, resource: string) => `arn:aws:${name}:${region}:${accountId}:${resource}`;
const arnOf = (role: string): string => `arn:aws:iam::${accountId}:role/${role}`;
const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** What roles may do, and what they did in all the tests before. */
export function permissions(service: () => SimulatedService): void {
  describe('the permissions', () => {
    const roles = () =>
      Object.entries(service().outputs.functions).map(([name, named]) => [name, roleOf(named)] as const);
    const granted = async (role: string): Promise<string[]> => {
      const { identity } = await service().authoriser.policiesOf(arnOf(role));
      const statements = identity.flatMap(({ document }): PolicyStatement[] => list(document.Statement));
      return statements
        .filter(({ Sid = '' }) => !ofMachines.test(Sid))
        .flatMap(({ Sid, Action }) => list(Action).map((action) => `${Sid} ${action}`));
    };

    it('refused nothing that a function did', () => {
      const names = new Set(roles().map(([, role]) => role));
      const refused = service()
        .authoriser.log.filter(({ who, allowed }) => names.has(who) && !allowed)
        .map(({ who, action, resource }) => `${who}: ${action} on ${resource}`);
      expect([...new Set(refused)]).toEqual([]);
      expect(service().runner.troubles).toEqual([]);
    });

    it('of each function are used, each by something that no other would have allowed', async () => {
      const unused: string[] = [];
      for (const [name, role] of roles()) {
        const alone = service().authoriser.log.filter(({ who, by }) => who === role && by.length === 1);
        const needed = new Set(alone.map(({ action, by }) => `${by[0]!.split('/').at(-1)} ${action}`));
        const spare = (await granted(role)).filter((permission) => !needed.has(permission));
        unused.push(...spare.map((permission) => `${name}: ${permission}`));
      }
      expect(unused.sort()).toEqual(Object.keys(untested).sort());
    });

    it('of queues and topics let in only the services that the stack has there', async () => {
      const { authoriser, outputs } = service();
      const send = async (from: string, source: string, account = accountId) => {
        const { allowed } = await authoriser.judge(from, {
          action: 'sqs:SendMessage',
          resource: arn('sqs', outputs.queues.files.split('/').at(-1)!),
          context: { 'aws:SecureTransport': 'true', 'aws:SourceArn': source, 'aws:SourceAccount': account },
        });
        return allowed;
      };
      const inputs = `arn:aws:s3:::${outputs.buckets.inputs}`;
      expect(await send('s3.amazonaws.com', inputs)).toBe(true);
      expect(await send('s3.amazonaws.com', 'arn:aws:s3:::of-somebody-else')).toBe(false);
      expect(await send('s3.amazonaws.com', inputs, '999999999999')).toBe(false);
      expect(await send('sns.amazonaws.com', inputs)).toBe(false);
    });
  });
}
