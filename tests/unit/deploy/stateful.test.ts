import { describe, expect, it } from '@jest/globals';
import { dataOf, losingChanges, settingOf, statefulTypes } from '../../../cli/deploy/stateful.ts';

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
      'the images of models',
    ]);
    const inBucket = (name: string) => dataOf(urnOf('aws:s3/bucket:Bucket', undefined, name));
    expect(['inputs', 'models', 'figures', 'pictures'].map(inBucket)).toEqual([
      'images and results',
      'the packages of models',
      'the pictures of all cards',
      'the photographs of people and what was made of them',
    ]);
  });

  it('may be let go of only where one setting has it, and nothing else does', () => {
    const repository = urnOf('aws:ecr/repository:Repository', 'labdeploy:part:ImageBuilder', 'builds-images');
    expect(settingOf(repository)).toBe('containers');
    const buckets = ['uploads', 'inputs', 'results', 'downloads', 'models', 'figures', 'pictures'];
    expect(buckets.map((name) => settingOf(urnOf('aws:s3/bucket:Bucket', undefined, name)))).toStrictEqual([
      ...Array.from({ length: 5 }, () => undefined),
      ...['gallery', 'gallery'],
    ]);
    expect(statefulTypes.slice(1, 3).map((type) => settingOf(urnOf(type)))).toEqual([undefined, undefined]);
  });
});
