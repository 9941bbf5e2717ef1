import { describe, expect, it } from '@jest/globals';
import { dataOf, losingChanges, statefulTypes } from '../../../cli/deploy/stateful.ts';

const urnOf = (type: string, component = 'labdeploy:part:PrivateBucket', name = 'x') =>
  `urn:pulumi:dev::labdeploy::labdeploy:service:Service$${component}$${type}::labdeploy-${name}`;
const page = 'labdeploy:stage:Ui$labdeploy:part:PrivateBucket';

describe('a plan that loses data', () => {
  const ops = ['delete', 'replace', 'delete-replaced', 'create-replacement'];
  it.each(statefulTypes.flatMap((type) => ops.map((op) => [type, op] as const)))('is one with %s: %s', (type, op) => {
    const change = { urn: urnOf(type), op };
    expect(losingChanges([change])).toEqual([change]);
  });

  it.each(statefulTypes.flatMap((type) => ['create', 'update', 'import'].map((op) => [type, op] as const)))(
    'is none with %s: %s',
    (type, op) => expect(losingChanges([{ urn: urnOf(type), op }])).toEqual([]),
  );

  it('names each resource once, in the order of the plan', () => {
    const [table, pool] = [urnOf('aws:dynamodb/table:Table'), urnOf('aws:cognito/userPool:UserPool')];
    const changes = [table, pool].flatMap((urn) =>
      ['delete-replaced', 'replace', 'create-replacement'].map((op) => ({ urn, op })),
    );
    expect(losingChanges(changes)).toEqual([changes[0], changes[3]]);
  });

  it('is none where the page, code, a queue or a role goes: they are made again', () => {
    const gone = [
      urnOf('aws:s3/bucket:Bucket', page),
      urnOf('aws:s3/bucket:Bucket', 'labdeploy:part:Code$labdeploy:part:PrivateBucket'),
      urnOf('aws:sqs/queue:Queue'),
      urnOf('aws:iam/role:Role'),
      urnOf('aws:s3/bucketPolicy:BucketPolicy'),
    ];
    expect(losingChanges(gone.map((urn) => ({ urn, op: 'delete' })))).toEqual([]);
  });

  it('says what is in each', () => {
    expect(statefulTypes.map((type) => dataOf(urnOf(type)))).toEqual([
      'images and results',
      'the jobs',
      'the accounts of people',
    ]);
  });
});
