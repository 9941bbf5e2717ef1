import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import type { AwsAccount } from '../../../cli/deploy/account.ts';
import { storeSource } from '../../../cli/deploy/store-source.ts';
import { openStackBuilds } from '../../../functions/runtime/stack-builds.ts';

const [bucket, project, source] = ['sources-of-lab', 'lab-builds', 'a'.repeat(64)];
const repository = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/lab-models';

/** Plays CodeBuild, ECR, logs and S3 by the answers of each operation, one after the other. Returns what was asked, in order. */
async function playing(answers: Record<string, object[]>) {
  const asked: [string, unknown][] = [];
  const answer = async (request: IncomingMessage): Promise<[number, object | undefined]> => {
    const body = await buffer(request);
    const target = request.headers['x-amz-target'];
    const operation = target === undefined ? `${request.method} ${request.url}` : String(target).split('.').at(-1)!;
    const isJson = target !== undefined;
    const call = isJson ? (JSON.parse(body.toString()) as Record<string, unknown>) : {};
    asked.push([operation, isJson ? call : body.toString()]);
    const made = answers[operation]?.shift() ?? {};
    return '__type' in made ? [400, made] : [200, isJson ? made : undefined];
  };
  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const client = {
    ...{ region: 'eu-central-1', maxAttempts: 1, forcePathStyle: true },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
  };
  const account: AwsAccount = { id: '123456789012', arn: '', region: 'eu-central-1', partition: 'aws', client };
  return {
    account,
    builds: openStackBuilds(client, { project, repository, bucket }),
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it('stores a source under its sha256 and starts a build of it, tagged with that', async () => {
  await using world = await playing({
    ListBuildsForProject: [{ ids: [] }],
    StartBuild: [{ build: { id: 'lab-builds:1' } }],
  });
  await storeSource(world.account, { bucket, source, body: Buffer.from('zip') });
  expect(await world.builds.start(source)).toBe('lab-builds:1');
  expect(world.asked).toEqual([
    [`PUT /${bucket}/sources/${source}.zip?x-id=PutObject`, 'zip'],
    ['ListBuildsForProject', { projectName: project }],
    [
      'StartBuild',
      {
        projectName: project,
        sourceTypeOverride: 'S3',
        sourceLocationOverride: `${bucket}/sources/${source}.zip`,
        environmentVariablesOverride: [{ name: 'TAG', value: source }],
      },
    ],
  ]);
});

it('names the Dockerfile, and what makes two starts one', async () => {
  const build = { build: { id: 'lab-builds:1' } };
  await using world = await playing({ ListBuildsForProject: [{ ids: [] }], StartBuild: [build] });
  await world.builds.start(source, { dockerfile: 'docker/Dockerfile', token: 'b'.repeat(64) });
  expect(world.asked.at(-1)).toMatchObject([
    'StartBuild',
    {
      environmentVariablesOverride: [{ name: 'TAG' }, { name: 'DOCKERFILE', value: 'docker/Dockerfile' }],
      idempotencyToken: 'b'.repeat(64),
    },
  ]);
});

it('joins the build of the same source that runs, and no other', async () => {
  const build = (id: string, buildStatus: string, of: string) => ({
    ...{ id, buildStatus },
    source: { location: `${bucket}/sources/${of}.zip` },
  });
  await using world = await playing({
    ListBuildsForProject: [{ ids: ['lab-builds:3', 'lab-builds:2', 'lab-builds:1'] }],
    BatchGetBuilds: [
      {
        builds: [
          build('lab-builds:3', 'IN_PROGRESS', 'b'.repeat(64)),
          build('lab-builds:2', 'FAILED', source),
          build('lab-builds:1', 'IN_PROGRESS', source),
        ],
      },
    ],
  });
  expect(await world.builds.start(source)).toBe('lab-builds:1');
  expect(world.asked.map(([operation]) => operation)).toEqual(['ListBuildsForProject', 'BatchGetBuilds']);
});

it('says of a build that failed its phases, the reason, and asks for the last 50 lines of its log', async () => {
  await using world = await playing({
    BatchGetBuilds: [
      {
        builds: [
          {
            id: 'lab-builds:1',
            buildStatus: 'TIMED_OUT',
            logs: { groupName: '/aws/codebuild/lab-builds', streamName: '1' },
            phases: [
              { phaseType: 'SUBMITTED', phaseStatus: 'SUCCEEDED', durationInSeconds: 0 },
              {
                ...{ phaseType: 'PRE_BUILD', phaseStatus: 'FAILED', durationInSeconds: 7 },
                contexts: [{ message: 'exit status 1' }],
              },
              { phaseType: 'COMPLETED' },
            ],
          },
        ],
      },
    ],
    GetLogEvents: [{ events: [{ message: 'COPY failed: no file\n' }] }],
  });
  expect(await world.builds.status('lab-builds:1')).toEqual({
    state: 'failed',
    phases: [
      { name: 'submitted', state: 'succeeded', seconds: 0 },
      { name: 'pre build', state: 'failed', seconds: 7, why: 'exit status 1' },
    ],
    lines: ['COPY failed: no file'],
  });
  expect(world.asked.at(-1)).toEqual([
    'GetLogEvents',
    { logGroupName: '/aws/codebuild/lab-builds', logStreamName: '1', limit: 50 },
  ]);
});

it('a build that runs has a phase without an end, and its log is not asked for', async () => {
  await using world = await playing({
    BatchGetBuilds: [{ builds: [{ id: '1', buildStatus: 'IN_PROGRESS', phases: [{ phaseType: 'BUILD' }] }] }],
  });
  expect(await world.builds.status('1')).toEqual({
    ...{ state: 'running', lines: [] },
    phases: [{ name: 'build', state: 'running' }],
  });
  expect(world.asked.length).toBe(1);
});

it('names an image by its digest, with what the scan found, and knows that there is none', async () => {
  const imageDigest = `sha256:${'c'.repeat(64)}`;
  const scanned = { imageScanFindingsSummary: { findingSeverityCounts: { HIGH: 2 } } };
  const answers: object[] = [
    { __type: 'ImageNotFoundException', message: 'no image' },
    { imageDetails: [{ imageDigest }] },
    { imageDetails: [{ imageDigest, ...scanned }] },
    { __type: 'RepositoryNotFoundException', message: 'no repository' },
  ];
  await using world = await playing({ DescribeImages: answers });
  const image = `${repository}@${imageDigest}`;
  expect(await world.builds.find(source)).toBeUndefined();
  expect(await world.builds.find(source)).toEqual({ image });
  expect(await world.builds.find(source)).toEqual({ image, findings: { HIGH: 2 } });
  await expect(world.builds.find(source)).rejects.toThrow('no repository');
  expect(world.asked[0]).toEqual([
    'DescribeImages',
    { repositoryName: 'lab-models', imageIds: [{ imageTag: source }] },
  ]);
});
