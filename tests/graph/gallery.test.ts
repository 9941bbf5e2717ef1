import { describe, expect, it } from '@jest/globals';
import { usageOfIdleMonth } from '../../cli/deploy/cost/estimate.ts';
import { readConfig } from '../../infra/config.ts';
import { violations } from '../../policies/pack/rules.ts';
import { type Graph, graphOf } from '../support/graph.ts';

const settings = { gallery: 'figures' };
const variablesOf = (graph: Graph, name: string) =>
  (graph.of('aws:lambda/function:Function')[name]!.environment as { variables: Record<string, string> }).variables;
const routeKeys = (graph: Graph) =>
  Object.values(graph.of('aws:apigatewayv2/route:Route')).map(({ routeKey }) => String(routeKey));
const pathsOfApi = (graph: Graph) => {
  const [distribution] = Object.values(graph.of('aws:cloudfront/distribution:Distribution'));
  return (distribution!.orderedCacheBehaviors as { pathPattern: string }[]).map(({ pathPattern }) => pathPattern);
};
/** By the function whose role it is, what its policy says of the bucket of figures. */
const statementsOnFigures = (graph: Graph) =>
  Object.fromEntries(
    Object.entries(graph.of('aws:iam/rolePolicy:RolePolicy')).flatMap(([name, { policy }]) => {
      const { Statement } = JSON.parse(policy as string) as { Statement: { Sid: string; Resource: string[] }[] };
      const found = Statement.filter(({ Resource }) => /-figures-/.test(JSON.stringify(Resource)));
      return found.length === 0 ? [] : [[name, found.map(({ Sid }) => Sid)]];
    }),
  );

describe('the gallery', () => {
  it('leaves no trace in a stack where it is off', async () => {
    const graph = await graphOf();
    expect(/figure|gallery/i.exec(JSON.stringify(graph.resources.map(({ type, name }) => [type, name])))).toBeNull();
    expect(Object.keys(graph.outputs.buckets as object)).not.toContain('figures');
    expect(routeKeys(graph).filter((key) => /gallery/.test(key))).toEqual([]);
    expect(pathsOfApi(graph)).toEqual(['/v1/*', '/healthz', '/openapi.json']);
    expect(statementsOnFigures(graph)).toEqual({});
    expect(JSON.stringify(graph.resources)).not.toMatch(/BUCKET_FIGURES|-figures-/);
  });

  it('is one private bucket whose objects stay, and the routes of its public cards', async () => {
    const [off, graph] = [await graphOf(), await graphOf(settings)];
    const namesOf = ({ resources }: Graph) => resources.map(({ type, name }) => `${type} ${name}`);
    const before = new Set(namesOf(off));
    expect(
      namesOf(graph)
        .filter((name) => !before.has(name))
        .sort(),
    ).toEqual([
      'aws:apigatewayv2/route:Route labdeploy-api-route-GET-gallery-figure-',
      'aws:apigatewayv2/route:Route labdeploy-api-route-GET-v1-gallery-figure-picture',
      'aws:s3/bucket:Bucket labdeploy-figures',
      'aws:s3/bucketCorsConfiguration:BucketCorsConfiguration labdeploy-figures-pages',
      'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration labdeploy-figures-lifecycle',
      'aws:s3/bucketOwnershipControls:BucketOwnershipControls labdeploy-figures-ownership',
      'aws:s3/bucketPolicy:BucketPolicy labdeploy-figures-policy',
      'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock labdeploy-figures-public-access',
      'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration labdeploy-figures-encryption',
      'labdeploy:part:PrivateBucket labdeploy-figures',
    ]);
    const { rules } = graph.of('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration')[
      'labdeploy-figures-lifecycle'
    ] as unknown as { rules: { id: string }[] };
    expect(rules.map(({ id }) => id)).toEqual(['unfinished-uploads', 'objects-in-between']);
    expect(routeKeys(graph).filter((key) => /gallery/.test(key))).toEqual([
      'GET /gallery/{figure}',
      'GET /v1/gallery/{figure}/picture',
    ]);
    expect(pathsOfApi(graph)).toEqual(['/v1/*', '/healthz', '/openapi.json', '/gallery/*']);
    expect(violations(graph.resources.map(({ type, name, inputs }) => ({ type, name, props: inputs })))).toEqual([]);
  });

  it('is in reach of the API, which writes pictures, and of sweep, which removes them, and of nothing else', async () => {
    const graph = await graphOf(settings);
    expect(statementsOnFigures(graph)).toEqual({
      'labdeploy-api-function-permissions': ['ReadFigures', 'WriteFigures', 'DeleteFigures'],
      'labdeploy-sweep-function-permissions': ['DeleteFigures'],
    });
    const knowing = Object.keys(graph.of('aws:lambda/function:Function')).filter(
      (name) => 'LABDEPLOY_BUCKET_FIGURES' in variablesOf(graph, name),
    );
    expect(knowing.sort()).toEqual(['labdeploy-api-function', 'labdeploy-sweep-function']);
  });

  it('costs nothing while nothing is published', () => {
    expect(usageOfIdleMonth(readConfig(settings))).toEqual(usageOfIdleMonth(readConfig({})));
  });
});
