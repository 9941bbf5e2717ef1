import { describe, expect, it } from '@jest/globals';
import { usageOfIdleMonth } from '../../cli/deploy/cost/estimate.ts';
import { readConfig } from '../../infra/config.ts';
import { violations } from '../../policies/pack/rules.ts';
import { type Graph, graphOf } from '../support/graph.ts';

const settings = { large: 'cpu', largeImage: 'registry.lab.example/labdeploy:1.2.3', largeMachines: '3' };
const ofFleet = /^aws:(batch|ec2)\//;
const variablesOf = (graph: Graph, name: string) =>
  (graph.of('aws:lambda/function:Function')[`labdeploy-${name}-function`]!.environment as { variables: object })
    .variables;
const plannedOf = ({ resources }: Graph) => resources.map(({ type, name, inputs }) => ({ type, name, props: inputs }));

describe('machines for large images', () => {
  it('leave no trace in a stack that has none', async () => {
    const graph = await graphOf();
    expect(
      graph.resources.filter(({ type, name }) => ofFleet.test(type) || /^labdeploy-(queue-large|fleet)/.test(name)),
    ).toEqual([]);
    expect(/"batch:|FLEET|ecs-tasks/.exec(JSON.stringify(graph.resources).replaceAll('\\', ''))?.[0]).toBeUndefined();
    expect(Object.keys(graph.outputs.queues as object)).not.toContain('large');
  });

  it('are one environment that shrinks to nothing, one queue and one definition, with the tag of the stack', async () => {
    const graph = await graphOf(settings);
    expect(graph.resources.filter(({ type }) => ofFleet.test(type)).map(({ type }) => type.split(':')[2])).toEqual([
      'ComputeEnvironment',
      'JobDefinition',
      'JobQueue',
      'InternetGateway',
      'Route',
      'RouteTable',
      'RouteTableAssociation',
      'RouteTableAssociation',
      'SecurityGroup',
      'Subnet',
      'Subnet',
      'Vpc',
      'VpcEndpoint',
      'VpcEndpoint',
    ]);
    const [environment] = Object.values(graph.of('aws:batch/computeEnvironment:ComputeEnvironment'));
    expect(environment).toMatchObject({ computeResources: { type: 'FARGATE_SPOT', maxVcpus: 48 } });
    expect(environment).not.toHaveProperty('computeResources.minVcpus');
    expect(violations(plannedOf(graph))).toEqual([]);
  });

  it('are known to the page with their prices, and to the logs with their group', async () => {
    const graph = await graphOf(settings);
    const { LABDEPLOY_API: api } = variablesOf(graph, 'api') as Record<string, string>;
    expect(JSON.parse(api!).machines).toEqual({
      startMinutes: [1, 3],
      hourlyUsd: [expect.closeTo(0.388851, 6), expect.closeTo(1.540404, 6)], // dearer than in us-east-1
    });
    expect(graph.outputs.machines).toEqual({ logGroup: '/aws/batch/labdeploy-dev-large' });
  });

  it('let nobody in', async () => {
    const [group] = Object.values((await graphOf(settings)).of('aws:ec2/securityGroup:SecurityGroup'));
    expect(group).toMatchObject({ ingress: [], egress: [{ fromPort: 443, toPort: 443 }] });
  });

  it('run the worker with the names of what it touches', async () => {
    const [definition] = Object.values((await graphOf(settings)).of('aws:batch/jobDefinition:JobDefinition'));
    const container = JSON.parse(definition!.containerProperties as string);
    expect(container).toMatchObject({ image: settings.largeImage, command: ['worker', '--json'] });
    expect(container.environment.map(({ name }: { name: string }) => name)).toEqual([
      'LABDEPLOY_BUCKET_INPUTS',
      'LABDEPLOY_BUCKET_MODELS',
      'LABDEPLOY_BUCKET_RESULTS',
      'LABDEPLOY_DEAD_LETTERS_LARGE',
      'LABDEPLOY_FLEET',
      'LABDEPLOY_MODEL',
      'LABDEPLOY_QUEUE_LARGE',
      'LABDEPLOY_QUEUE_ZIPS',
      'LABDEPLOY_RETENTION_DAYS',
      'LABDEPLOY_TABLE',
    ]);
  });

  it('are started by predict and sweep, and by no other function', async () => {
    const graph = await graphOf(settings);
    const knowing = ['unzip', 'predict', 'zip', 'notify', 'sweep'].filter(
      (name) => 'LABDEPLOY_FLEET' in variablesOf(graph, name),
    );
    expect(knowing).toEqual(['predict', 'sweep']);
  });

  it('cost less than a cent a month while nothing is sent to them: sweep asks their queue, and two alarms watch it', () => {
    const of = (more: Record<string, string>) => usageOfIdleMonth(readConfig(more));
    const { messages, ...rest } = of({});
    expect(of(settings)).toEqual({ ...rest, messages: messages! + 2 * 8760 });
    const alarmEmail = { alarmEmail: 'it@lab.example' };
    expect(of({ ...settings, ...alarmEmail }).alarms).toBe(of(alarmEmail).alarms! + 2);
  });

  it('have roles whose statements each have a name of their own', async () => {
    const policies = Object.values((await graphOf(settings)).of('aws:iam/rolePolicy:RolePolicy'));
    const repeated = policies.flatMap(({ policy }) => {
      const ids = JSON.parse(policy as string).Statement.map(({ Sid }: { Sid: string }) => Sid) as string[];
      return ids.filter((id, i) => ids.indexOf(id) !== i);
    });
    expect(repeated).toEqual([]);
  });

  it('need an image', () => {
    expect(() => readConfig({ large: 'cpu' })).toThrow('labdeploy:largeImage: missing: large is cpu');
  });
});
