import { beforeAll, describe, expect, it } from '@jest/globals';
import { accountWideNames } from '../../infra/keep-names.ts';
import { deploymentId } from '../../infra/naming.ts';
import { type Graph, graphOf, target } from '../support/graph.ts';

/** Types whose names are not the whole account's: AWS makes them up, they lie in something else, or in one region. */
const namesOf = ({ resources }: Graph) =>
  resources.flatMap(({ type, name, inputs }) => {
    const property = accountWideNames[type];
    return property === undefined ? [] : [{ resource: `${type} ${name}`, physical: String(inputs[property]) }];
  });

const everything = {
  alarmEmail: 'it@lab.example',
  dashboard: 'true',
  signUp: 'domains',
  allowedDomains: '["lab.example"]',
};

describe('names that a whole account shares', () => {
  let here: Graph;
  let there: Graph;
  beforeAll(async () => {
    here = await graphOf(everything);
    there = await graphOf(everything, { target: { ...target, region: 'us-east-1' } });
  });

  it('are of six types, all of which a stack has', () => {
    const types = new Set(namesOf(here).map(({ resource }) => resource.split(' ')[0]));
    expect([...types].sort()).toEqual(Object.keys(accountWideNames).sort());
  });

  it('are none of them the same in two regions', () => {
    const names = [...namesOf(here), ...namesOf(there)].map(({ physical }) => physical);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('end with the digest of account and region', () => {
    expect(namesOf(here).filter(({ physical }) => !physical.endsWith('-1ff32a09'))).toEqual([]);
  });

  it('stay as they are where the resource is deployed already', () => {
    const kept = here.resources.filter(({ ignored }) => ignored.length > 0);
    expect(kept.map(({ type, name, ignored }) => [`${type} ${name}`, ignored])).toEqual(
      namesOf(here).map(({ resource }) => [resource, [accountWideNames[resource.split(' ')[0]!]]]),
    );
  });

  it('tell two distributions apart, which have no names, by their comments', () => {
    const comment = (graph: Graph) =>
      Object.values(graph.of('aws:cloudfront/distribution:Distribution')).map((each) => each.comment);
    expect([comment(here), comment(there)]).toEqual([
      ['labdeploy: dev in eu-central-1'],
      ['labdeploy: dev in us-east-1'],
    ]);
  });

  it('go with a tag that no other region, account, stack or base name has', () => {
    const parts = { ...target, baseName: 'labdeploy', stack: 'dev' };
    const others = [{}, { region: 'us-east-1' }, { account: '210987654321' }, { stack: 'lab' }, { baseName: 'neuro' }];
    expect(new Set(others.map((other) => deploymentId({ ...parts, ...other }))).size).toBe(others.length);
    const tags = there.resources.flatMap(({ inputs }) => (inputs.tags === undefined ? [] : [inputs.tags]));
    expect(tags.length).toBeGreaterThan(30);
    expect(new Set(tags.map((each) => (each as Record<string, string>)['labdeploy:deployment']))).toEqual(
      new Set(['labdeploy/dev/123456789012/us-east-1']),
    );
  });
});
