import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { packModel } from '../../../cli/client/packed-model.ts';
import { outgoing, putOutgoing } from '../../../cli/client/upload.ts';
import { sourcesPrefix } from '../../../functions/core/object-keys.ts';
import { adminGroup } from '../../../functions/identity/groups.ts';
import { modelCopy } from '../../support/model-packages.ts';
import { codeBuilder } from '../../support/simulated-account/runner/builder.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import type { Material } from './material.ts';

export const buildConfig = { containers: 'true' };

/** A model whose image is built in the account, by events. Docker is not there: what a build does in the account is done with the rights of its role. */
export function builds(service: () => SimulatedService, material: () => Material): void {
  describe('a model with a Dockerfile', () => {
    let ada: Person;
    beforeAll(async () => {
      ada = await service().person('ada-who-builds', adminGroup);
    }, 60_000);

    /** Sends a package with this Dockerfile, and waits until its image is wanted. */
    const add = async (dockerfile: string) => {
      const folder = await modelCopy('fixed', join(material().folder, randomUUID()), (yaml) =>
        yaml
          .replace(/^weights:\n( .*\n)+/m, 'weights: {}\n')
          .concat('config: {labdeploy: {container: {build: image/Dockerfile}}}\n'),
      );
      await mkdir(join(folder, 'image'));
      await writeFile(join(folder, 'image/Dockerfile'), dockerfile);
      await using packed = await packModel(folder);
      const { file, bytes, sha256 } = packed;
      const { id } = await ada.call('addVersion', { body: { bytes } });
      const { request } = await ada.call('signPackage', { params: { version: id } });
      const { signal } = new AbortController();
      await putOutgoing(request, outgoing({ file, path: file, bytes }), { origin: service().url, signal });
      await until(id, 'building');
      return { id, bytes, sha256 };
    };
    const show = (version: string) => ada.call('showVersion', { params: { version } });
    const until = (version: string, state: string) =>
      service().runner.until(`${version} is ${state}`, async () => {
        const shown = await show(version);
        return shown.state === state ? shown : undefined;
      });
    /** S3 tells EventBridge of the source, whose rule starts sweep. */
    const sourceArrives = ({ sha256 }: { sha256: string }) =>
      service().runner.announce({
        ...{ source: 'aws.s3', 'detail-type': 'Object Created' },
        detail: {
          bucket: { name: service().outputs.buckets.models },
          object: { key: `${sourcesPrefix}${sha256}.zip` },
        },
      });

    it('is built by the events of its source and of its build, once, and then checked', async () => {
      const builder = codeBuilder(service());
      const added = await add('FROM scratch\n');
      expect(await sourceArrives(added)).toHaveLength(1);
      await sourceArrives(added);
      const [build, ...others] = await builder.builds();
      expect(others).toEqual([]);
      expect(build!.environment!.environmentVariables).toMatchObject([
        { name: 'REPOSITORY', value: service().outputs.builds.repository },
        { name: 'DOCKERFILE', value: 'image/Dockerfile' },
        { name: 'TAG', value: added.sha256 },
      ]);
      const running = { phaseType: 'BUILD' };
      const submitted = { phaseType: 'SUBMITTED', phaseStatus: 'SUCCEEDED', durationInSeconds: 1 } as const;
      await builder.says(build!, 'IN_PROGRESS', [submitted, running]);
      expect((await show(added.id)).build).toEqual({
        phases: [
          { name: 'submitted', state: 'succeeded', seconds: 1 },
          { name: 'build', state: 'running' },
        ],
      });
      expect(await builder.begins(build!, ['STEP 1/1: FROM scratch'])).toBe(added.bytes);
      const image = await builder.stores(build!);
      await builder.says(build!, 'SUCCEEDED', [submitted, { ...running, phaseStatus: 'SUCCEEDED' }]);
      expect(await until(added.id, 'refused')).toMatchObject({
        build: { image },
        failure: { message: expect.stringContaining(`--config endpoint=sagemaker --config endpointImage=${image}`) },
      });
      expect(await builder.builds()).toHaveLength(1);
    }, 120_000);

    it('shows the last lines of a build that failed, also where its event was lost', async () => {
      const { runner, moto } = service();
      const builder = codeBuilder(service());
      const added = await add('FROM nowhere\n');
      await runner.tick('sweep');
      const [build] = await builder.builds();
      const lines = Array.from({ length: 60 }, (_, i) => `line ${i}`);
      await builder.begins(build!, lines);
      const phases = [{ phaseType: 'BUILD', phaseStatus: 'FAILED', contexts: [{ message: 'exit status 125' }] }];
      const body = JSON.stringify({ buildStatus: 'FAILED', phases });
      expect((await fetch(`${moto.url}/builds/${build!.id}`, { method: 'POST', body })).status).toBe(204);
      await runner.tick('sweep');
      expect(await show(added.id)).toMatchObject({
        state: 'refused',
        failure: { code: 'modelBuildFailed', message: expect.stringContaining('build: exit status 125') },
        build: { phases: [{ name: 'build', state: 'failed', why: 'exit status 125' }], lines: lines.slice(10) },
      });
    }, 120_000);

    it('has a builder whose role may not read images, write models, or take the image of another repository', async () => {
      const { authoriser, outputs } = service();
      const [build] = await codeBuilder(service()).builds();
      const credentials = await authoriser.assume(build!.serviceRole!, 'codebuild.amazonaws.com');
      const may = async (action: string, resource: string) =>
        (await authoriser.judge(credentials, { action, resource })).allowed;
      const { buckets } = outputs;
      expect([
        await may('s3:GetObject', `arn:aws:s3:::${buckets.models}/${sourcesPrefix}a.zip`),
        await may('s3:GetObject', `arn:aws:s3:::${buckets.models}/a/package.zip`),
        await may('s3:GetObject', `arn:aws:s3:::${buckets.inputs}/a/b/c.tif`),
        await may('s3:PutObject', `arn:aws:s3:::${buckets.models}/${sourcesPrefix}a.zip`),
        await may('ecr:PutImage', 'arn:aws:ecr:eu-central-1:123456789012:repository/labdeploy-other-models'),
      ]).toEqual([true, false, false, false, false]);
    });
  });
}
