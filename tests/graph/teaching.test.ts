import { describe, expect, it } from '@jest/globals';
import { estimateCost, usageOfIdleMonth } from '../../cli/deploy/cost/estimate.ts';
import { readConfig } from '../../infra/config.ts';
import { violations } from '../../policies/pack/rules.ts';
import { type Graph, graphOf } from '../support/graph.ts';

const machines = { large: 'cpu', largeImage: 'registry.lab.example/labdeploy:1.2.3' };
const settings = { ...machines, teach: 'pixels' };
const namesOf = ({ resources }: Graph) => resources.map(({ type, name }) => `${type} ${name}`);
const policyOf = (graph: Graph, role: string): string =>
  JSON.stringify(graph.of('aws:iam/rolePolicy:RolePolicy')[role]!.policy);

describe('teaching models', () => {
  it('leaves no trace in a stack that does not, though it has machines', async () => {
    const graph = await graphOf(machines);
    expect(/datasets|teach/i.exec(JSON.stringify(graph.resources))?.[0]).toBeUndefined();
  });

  it('is one bucket whose objects stay, one queue, and one function with its alarms', async () => {
    const [without, graph] = [await graphOf(machines), await graphOf(settings)];
    const known = new Set(namesOf(without));
    const added = graph.resources.filter(({ type, name }) => !known.has(`${type} ${name}`));
    const ofBucket = added.filter(({ name }) => name.startsWith('labdeploy-datasets'));
    expect(ofBucket.filter(({ type }) => type === 'aws:s3/bucket:Bucket')).toHaveLength(1);
    const rest = added.filter((each) => !ofBucket.includes(each) && each.type.startsWith('aws:'));
    expect(rest.map(({ type }) => type.split(':')[2]).sort()).toEqual([
      ...['EventSourceMapping', 'Function', 'LogGroup', 'Queue', 'Queue'],
      ...['Role', 'RolePolicy'],
    ]);
    expect(violations(graph.resources.map(({ type, name, inputs }) => ({ type, name, props: inputs })))).toEqual([]);
  });

  it('gives machines, the API and the function what they need of data sets, and sweep only their rows', async () => {
    const graph = await graphOf(settings);
    const machine = policyOf(graph, 'labdeploy-fleet-role-permissions');
    for (const statement of ['ReadDatasets', 'WriteDatasets', 'WriteInputs', 'DeleteDatasets'])
      expect(machine).toContain(statement);
    expect(policyOf(await graphOf(machines), 'labdeploy-fleet-role-permissions')).not.toContain('WriteInputs');
    expect(policyOf(graph, 'labdeploy-teach-function-permissions')).toContain('StartMachines');
    expect(policyOf(graph, 'labdeploy-sweep-function-permissions')).not.toContain('Datasets');
    expect(policyOf(graph, 'labdeploy-api-function-permissions')).not.toContain('WriteDatasets');
  });

  it('costs less than 30 cents a month unused: a function looks at one more queue', () => {
    const usd = (more: object) => estimateCost(usageOfIdleMonth(readConfig({ ...machines, ...more })), 'us-east-1').usd;
    expect(usd({ teach: 'pixels' }) - usd({})).toBeCloseTo(0.2663, 4);
  });

  it('needs machines', () => {
    expect(() => readConfig({ teach: 'pixels' })).toThrow('labdeploy:large: off, but teach is pixels');
  });
});
