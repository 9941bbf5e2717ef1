import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { send } from './folder-of-images.ts';
import type { Material } from './material.ts';

const hour = 3_600_000;

/** Who reaches what by the deployed front. */
export function access(service: () => SimulatedService, material: () => Material): void {
  describe('the API', () => {
    let ida: Person;
    let id: string;
    beforeAll(async () => {
      ida = await service().person('ida');
      ({ id } = await send(ida, material().images, 'private'));
    }, 60_000);

    const ask = async (path: string, token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await fetch(service().url + path, { headers });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };

    it("does not know another person's job", async () => {
      const ivan = await service().person('ivan');
      for (const path of ['', '/files', '/download'])
        expect(await ask(`/v1/jobs/${id}${path}`, ivan.token)).toMatchObject({
          status: 404,
          body: { code: 'jobMissing' },
        });
      expect((await ivan.call('listJobs')).items).toEqual([]);
      expect((await ask(`/v1/jobs/${id}`, ida.token)).status).toBe(200);
    });

    it('shows a job to a person whom it is shared with, until the share ends, and the lab to administrators', async () => {
      const igor = await service().person('igor');
      const email = 'igor@lab.example';
      const { member } = await ida.call('shareJob', { params: { id }, body: { email } });
      expect(await ask(`/v1/jobs/${id}`, igor.token)).toMatchObject({ status: 200, body: { name: 'private' } });
      expect((await igor.call('listShared')).items.map((job) => job.id)).toEqual([id]);
      expect((await ida.call('listShares')).items.map((share) => share.member.email)).toEqual([email]);
      await ida.call('unshareJob', { params: { id, member: member.id } });
      expect(await ask(`/v1/jobs/${id}`, igor.token)).toMatchObject({ status: 404, body: { code: 'jobMissing' } });
      expect(await ask('/v1/lab', igor.token)).toMatchObject({ status: 403, body: { code: 'adminsOnly' } });
      const root = await service().person('root', 'labdeploy-admin');
      const { people } = await root.call('showLab');
      expect(people.find((person) => person.email === email)).toMatchObject({ state: 'active', usage: { jobs: 0 } });
    });

    it.each(['none', 'changed', 'expired'])('is closed to a token that is %s', async (kind) => {
      const { runner } = service();
      const [header, , signature] = ida.token.split('.');
      const claims = Buffer.from(JSON.stringify({ sub: 'ivan', exp: 9e9 })).toString('base64url');
      const token = { none: undefined, changed: [header, claims, signature].join('.'), expired: ida.token }[kind];
      runner.later = kind === 'expired' ? 2 * hour : 0;
      try {
        expect(await ask(`/v1/jobs/${id}`, token)).toEqual({ status: 401, body: { message: 'Unauthorized' } });
      } finally {
        runner.later = 0;
      }
    });

    it('tells everybody how to sign in, and nothing else', async () => {
      const { outputs } = service();
      expect(await ask('/v1/config')).toMatchObject({ status: 200, body: { issuer: outputs.issuer } });
      expect((await ask('/v1/jobs')).status).toBe(401);
    });
  });
}
