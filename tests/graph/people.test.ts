import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { estimateCost, usageOfIdleMonth } from '../../cli/deploy/cost/estimate.ts';
import { shippedRecipes } from '../../functions/recipes/shipped.ts';
import { readConfig } from '../../infra/config.ts';
import { pictureSetup } from '../../infra/picture-setup.ts';
import { violations } from '../../policies/pack/rules.ts';
import { type Graph, graphOf } from '../support/graph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const settings = { gallery: 'people' };
const routesOf = (graph: Graph) =>
  Object.values(graph.of('aws:apigatewayv2/route:Route')).map(({ routeKey, authorizationType }) => [
    String(routeKey),
    String(authorizationType),
  ]);
const statementsOf = (graph: Graph, name: string) => {
  const role = graph.of('aws:iam/rolePolicy:RolePolicy')[`labdeploy-${name}-function-permissions`]!;
  const { Statement } = JSON.parse(role.policy as string) as {
    Statement: { Sid: string; Action: string[]; Resource: string[] }[];
  };
  return Statement.map(({ Sid, Action }) => `${Sid}: ${Action.map((each) => each.split(':')[1]).join(' ')}`);
};
const variablesOf = (graph: Graph, name: string) =>
  (
    graph.of('aws:lambda/function:Function')[`labdeploy-${name}-function`]!.environment as {
      variables: Record<string, string>;
    }
  ).variables;

describe('pictures of people', () => {
  const without: Record<string, Graph> = {};
  let graph: Graph;
  beforeAll(async () => {
    for (const gallery of ['off', 'figures']) without[gallery] = await graphOf({ gallery });
    graph = await graphOf(settings);
  }, 180_000);

  it.each(['off', 'figures'])('leave no trace in a stack whose gallery is %s', (gallery) => {
    const graph = without[gallery]!;
    expect(/pictures|tidy/i.exec(JSON.stringify(graph.resources))).toBeNull();
    expect(routesOf(graph).filter(([key]) => /apis|agree/.test(key!))).toEqual([]);
    for (const part of ['buckets', 'queues', 'deadLetters', 'functions'])
      expect(Object.keys(graph.outputs[part] as object).filter((name) => /pictures/.test(name))).toEqual([]);
  });

  it('are one bucket, one queue, the function that works on them, and one that looks at those that are due', () => {
    const before = new Set(without.figures!.resources.map(({ type, name }) => `${type} ${name}`));
    const more = graph.resources.filter(({ type, name }) => type.startsWith('aws:') && !before.has(`${type} ${name}`));
    expect(more.map(({ type, name }) => `${type.split(':')[2]} ${name}`)).toEqual([
      'Route labdeploy-api-route--agree',
      'Route labdeploy-api-route--apis-proxy-',
      'Route labdeploy-api-route-OPTIONS-agree',
      'Route labdeploy-api-route-OPTIONS-apis-proxy-',
      'LogGroup labdeploy-pictures-function-log',
      'LogGroup labdeploy-tidy-pictures-function-log',
      'Role labdeploy-pictures-function-role',
      'Role labdeploy-tidy-pictures-function-role',
      'Role labdeploy-tidy-pictures-schedule-role',
      'RolePolicy labdeploy-pictures-function-permissions',
      'RolePolicy labdeploy-tidy-pictures-function-permissions',
      'RolePolicy labdeploy-tidy-pictures-schedule-permissions',
      'EventSourceMapping labdeploy-pictures-source',
      'Function labdeploy-pictures-function',
      'Function labdeploy-tidy-pictures-function',
      'FunctionEventInvokeConfig labdeploy-tidy-pictures-attempts',
      'Bucket labdeploy-pictures',
      'BucketCorsConfiguration labdeploy-pictures-pages',
      'BucketLifecycleConfiguration labdeploy-pictures-lifecycle',
      'BucketNotification labdeploy-pictures-announces',
      'BucketOwnershipControls labdeploy-pictures-ownership',
      'BucketPolicy labdeploy-pictures-policy',
      'BucketPublicAccessBlock labdeploy-pictures-public-access',
      'BucketServerSideEncryptionConfiguration labdeploy-pictures-encryption',
      'Schedule labdeploy-tidy-pictures-schedule',
      'Queue labdeploy-queue-pictures',
      'Queue labdeploy-queue-pictures-dead',
      'Queue labdeploy-tidy-pictures-dead',
    ]);
    expect(violations(graph.resources.map(({ type, name, inputs }) => ({ type, name, props: inputs })))).toEqual([]);
  });

  it('start a step by what arrives below the folder of each, and by nothing else', () => {
    const { queues } = graph.of('aws:s3/bucketNotification:BucketNotification')['labdeploy-pictures-announces'] as {
      queues?: { events: string[]; filterPrefix: string }[];
    };
    expect(queues!.map(({ events, filterPrefix }) => [filterPrefix, ...events])).toEqual([
      ['face-image/', 's3:ObjectCreated:*'],
      ['face-cropped/', 's3:ObjectCreated:*'],
      ['results/', 's3:ObjectCreated:*'],
    ]);
  });

  it('have the routes of the first picture services, closed without a token but to the question of a browser', () => {
    expect(routesOf(graph).filter(([key]) => /apis|agree/.test(key!) && !/\/v1\//.test(key!))).toEqual([
      ['ANY /agree', 'JWT'],
      ['ANY /apis/{proxy+}', 'JWT'],
      ['OPTIONS /agree', 'NONE'],
      ['OPTIONS /apis/{proxy+}', 'NONE'],
    ]);
    const [distribution] = Object.values(graph.of('aws:cloudfront/distribution:Distribution'));
    const behaviours = distribution!.orderedCacheBehaviors as { pathPattern: string }[];
    expect(behaviours.map(({ pathPattern }) => pathPattern).slice(-2)).toEqual(['/apis/*', '/agree']);
  });

  it('are in reach of three functions, each with what it needs and nothing of jobs', () => {
    const reaching = Object.keys(graph.of('aws:iam/rolePolicy:RolePolicy')).filter((name) =>
      /labdeploy-dev-pictures-[0-9a-f]+/.test(
        String(graph.of('aws:iam/rolePolicy:RolePolicy')[name]!.policy).replaceAll(/:role\/[^"]*/g, ''),
      ),
    );
    expect(reaching).toEqual([
      'labdeploy-api-function-permissions',
      'labdeploy-pictures-function-permissions',
      'labdeploy-tidy-pictures-function-permissions',
    ]);
    expect(statementsOf(graph, 'pictures')).toEqual([
      'ReadPictures: GetObject',
      'ListPictures: ListBucket',
      'WritePictures: PutObject AbortMultipartUpload',
      'DeletePictures: DeleteObject',
      'Table: BatchGetItem DeleteItem GetItem PutItem Query UpdateItem',
      'TakeMessages: ReceiveMessage DeleteMessage GetQueueAttributes ChangeMessageVisibility',
      'WriteLog: CreateLogStream PutLogEvents',
    ]);
    expect(statementsOf(graph, 'tidy-pictures')).toEqual([
      'ReadPictures: GetObject',
      'ListPictures: ListBucket',
      'DeletePictures: DeleteObject',
      'IndexOpen: Query',
      'Table: BatchGetItem GetItem PutItem Query UpdateItem',
      'SendPictures: SendMessage',
      'DrainPictures: ReceiveMessage DeleteMessage',
      'WriteLog: CreateLogStream PutLogEvents',
      'SendDead: SendMessage',
    ]);
    expect(Object.keys(variablesOf(graph, 'pictures')).sort()).toEqual([
      'LABDEPLOY_BUCKET_PICTURES',
      'LABDEPLOY_QUEUE_PICTURES',
      'LABDEPLOY_RETENTION_DAYS',
      'LABDEPLOY_TABLE',
    ]);
  });

  it('cost the polling of one queue and a look every five minutes while nothing happens', () => {
    const [off, more] = [usageOfIdleMonth(readConfig({})), usageOfIdleMonth(readConfig(settings))];
    expect(more.messages! - off.messages!).toBe(5 * ((730 * 3600) / 20) + 8760); // of polls of 20 s, and of dead letters
    expect(more.invocations! - off.invocations!).toBe(8760);
    const dollars = (usage: typeof off) => estimateCost(usage, 'us-east-1').usd;
    expect((dollars(more) - dollars(off)).toFixed(2)).toBe('0.33');
  });

  it('are worked on by the shipped recipes and the lab’s own, of which a bad one is refused with its line', async () => {
    await using folder = await temporaryFolder();
    const [good, bad] = ['good', 'bad'].map((name) => join(folder.path, `${name}.yaml`)) as [string, string];
    await writeFile(good, shippedRecipes.deface!.replace('name: deface', 'name: selfie'));
    await writeFile(bad, shippedRecipes.deface!.replace('mosaic: 8', 'mosaic: many'));
    const setupOf = (given: object) => pictureSetup(readConfig({ ...settings, ...given }));
    const setup = await setupOf({ recipes: JSON.stringify([good]), usualRecipe: 'selfie' });
    expect(setup!.recipes.map(({ name }) => name)).toEqual(['deface', 'face-swap', 'selfie']);
    expect([setup!.usualRecipe, setup!.containers]).toEqual(['selfie', {}]);
    await expect(setupOf({ recipes: JSON.stringify([bad]) })).rejects.toThrow(
      /^labdeploy:recipes: .*bad\.yaml: line 8: transform/,
    );
    await expect(setupOf({ recipes: '["none.yaml"]' })).rejects.toThrow(/^labdeploy:recipes: .*none\.yaml/);
    await expect(setupOf({ usualRecipe: 'selfie' })).rejects.toThrow(
      'labdeploy:usualRecipe: no recipe selfie; there are deface, face-swap',
    );
    expect(await pictureSetup(readConfig({ gallery: 'figures' }))).toBeUndefined();
  });

  it.each([
    [{ usualRecipe: 'selfie' }, 'labdeploy:usualRecipe: given, but gallery is off'],
    [{ gallery: 'figures', recipes: '["selfie.yaml"]' }, 'labdeploy:recipes: given, but gallery is figures'],
    [
      { ...settings, pictureContainers: '{"facechain":"http://gpu.lab.example"}' },
      'labdeploy:pictureContainers.facechain: not an address, as https://container.example',
    ],
  ])('are refused with %j', (given, why) => {
    expect(() => readConfig(given)).toThrow(why);
  });
});
