import { describe, expect, it } from '@jest/globals';
import { usageOfIdleMonth } from '../../cli/deploy/cost/estimate.ts';
import type { Plan } from '../../functions/core/plans.ts';
import { readConfig } from '../../infra/config.ts';
import { type Graph, graphOf } from '../support/graph.ts';

const on = { archiving: 'true' };
const plansWith = (more: Partial<Plan>) => JSON.stringify({ standard: { ...readConfig({}).plans.standard, ...more } });
const functionOf = (graph: Graph, name: string) =>
  graph.of('aws:lambda/function:Function')[`labdeploy-${name}-function`] as
    | { environment: { variables: Record<string, string> } }
    | undefined;
const policyOf = (graph: Graph, name: string) =>
  JSON.stringify(graph.of('aws:iam/rolePolicy:RolePolicy')[`labdeploy-${name}-function-permissions`]).replaceAll(
    '\\',
    '',
  );

describe('the archive', () => {
  it('leaves no trace in a stack that does not archive', async () => {
    const graph = await graphOf();
    expect(graph.resources.filter(({ name }) => /cold|downloads-announces/.test(name))).toEqual([]);
    expect(/-cold|RestoreObject|COLD|MEMBERS|"free/.exec(JSON.stringify(graph.resources))?.[0]).toBeUndefined();
    expect(Object.keys(graph.outputs.queues as object)).not.toContain('cold');
  });

  it('is one queue, which S3 tells what is restored, and one function with its plans', async () => {
    const [off, graph] = [await graphOf(), await graphOf(on)];
    const before = new Set(off.resources.map(({ type, name }) => `${type} ${name}`));
    const more = graph.resources.filter(({ type, name }) => !before.has(`${type} ${name}`));
    expect(
      more.filter(({ type }) => type.startsWith('aws:')).map(({ type, name }) => [type.split(':')[2], name]),
    ).toEqual([
      ['LogGroup', 'labdeploy-cold-function-log'],
      ['UserGroup', 'labdeploy-people-group-plan-free'],
      ['UserGroup', 'labdeploy-people-group-plan-premium'],
      ['Role', 'labdeploy-cold-function-role'],
      ['RolePolicy', 'labdeploy-cold-function-permissions'],
      ['EventSourceMapping', 'labdeploy-cold-source'],
      ['Function', 'labdeploy-cold-function'],
      ['BucketNotification', 'labdeploy-downloads-announces'],
      ['Queue', 'labdeploy-queue-cold'],
      ['Queue', 'labdeploy-queue-cold-dead'],
    ]);
    const [notification] = Object.values(graph.of('aws:s3/bucketNotification:BucketNotification')).filter(
      ({ queues }) => (queues as { id: string }[])[0]!.id === 'cold',
    );
    expect(notification).toMatchObject({
      bucket: expect.stringMatching(/^labdeploy-dev-downloads-/),
      queues: [{ events: ['s3:ObjectRestore:Completed'] }],
    });
    const { LABDEPLOY_MEMBERS: members, ...variables } = functionOf(graph, 'cold')!.environment.variables;
    expect(JSON.parse(members!)).toMatchObject({
      userPoolId: 'labdeploy-dev-people-id',
      plans: { free: { archiveAfterSeconds: 300, archiveDays: 365 }, premium: { restoreTier: 'expedited' } },
    });
    expect(Object.keys(variables).sort()).toEqual([
      'LABDEPLOY_BUCKET_DOWNLOADS',
      'LABDEPLOY_BUCKET_RESULTS',
      'LABDEPLOY_QUEUE_COLD',
      'LABDEPLOY_QUEUE_NOTICES',
      'LABDEPLOY_RETENTION_DAYS',
      'LABDEPLOY_TABLE',
    ]);
    for (const name of ['api', 'zip', 'sweep']) {
      expect(functionOf(graph, name)!.environment.variables).toHaveProperty('LABDEPLOY_QUEUE_COLD');
      expect(policyOf(graph, name)).toContain('labdeploy-dev-cold');
    }
  });

  it('lets its function restore and delete zips, delete results and look up plans, and no other', async () => {
    const graph = await graphOf(on);
    const policy = policyOf(graph, 'cold');
    expect(policy).toMatch(/"s3:RestoreObject"[^}]*labdeploy-dev-downloads-[0-9a-f]+\/\*/);
    expect(policy).toMatch(/"cognito-idp:AdminGetUser","cognito-idp:AdminListGroupsForUser"/);
    expect(policy).toMatch(/DeleteObject"[^}]*labdeploy-dev-downloads-[0-9a-f]+\/\*/);
    for (const name of ['api', 'unzip', 'predict', 'zip', 'sweep'])
      expect(policyOf(graph, name)).not.toContain('RestoreObject');
  });

  it('takes no plans of a payment service unless that is asked for, and then by one route and one secret', async () => {
    const [off, graph] = [await graphOf(on), await graphOf({ ...on, billing: 'true' })];
    expect(
      /v1\/billing|labdeploy\/billing|ssm:|AddUserToGroup/.exec(JSON.stringify(off.resources))?.[0],
    ).toBeUndefined();
    const before = new Set(off.resources.map(({ type, name }) => `${type} ${name}`));
    const more = graph.resources.filter(({ type, name }) => !before.has(`${type} ${name}`));
    expect(more.map(({ inputs }) => inputs)).toMatchObject([
      { routeKey: 'POST /v1/billing/events', authorizationType: 'NONE' }, // its signature is checked instead
    ]);
    const parameter = '/labdeploy/billing/dev';
    expect(JSON.parse(functionOf(graph, 'api')!.environment.variables.LABDEPLOY_API!)).toMatchObject({
      billing: parameter,
    });
    expect(policyOf(graph, 'api')).toMatch(
      new RegExp(`"ssm:GetParameter"\\],"Resource":\\["arn:aws:ssm:[^:]+:\\d+:parameter${parameter}"`),
    );
    expect(policyOf(graph, 'api')).toContain('"cognito-idp:AdminAddUserToGroup"');
    for (const name of ['cold', 'predict', 'zip', 'sweep', 'notify'])
      expect(policyOf(graph, name)).not.toMatch(/ssm:|AddUserToGroup/);
  });

  it('costs the polling of one queue while nothing happens', () => {
    const [off, more] = [usageOfIdleMonth(readConfig({})), usageOfIdleMonth(readConfig(on))];
    expect(more.messages! - off.messages!).toBe(5 * ((730 * 3600) / 20) + 8760); // of polls of 20 s, and sweep's looks
    expect({ ...more, messages: 0 }).toEqual({ ...off, messages: 0 });
  });

  it.each([
    [
      { archiving: 'true', retentionDays: '14' },
      'labdeploy:archiving: costs more than it saves where retentionDays is below 15',
    ],
    [{ plans: plansWith({ archiveAfterSeconds: 60 }) }, 'labdeploy:plans.standard: it archives, but archiving is off'],
    [
      { archiving: 'true', plans: plansWith({ archiveAfterSeconds: 60, archiveDays: 89 }) },
      'labdeploy:plans.standard.archiveDays: below the 90 days that AWS bills',
    ],
    [{ plans: plansWith({ archiveDays: 400 }) }, 'labdeploy:plans.standard.archiveDays: given, but the plan does not'],
  ])('is refused with %j', (settings, why) => {
    expect(() => readConfig(settings)).toThrow(why);
  });
});
