import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jsonLines } from '../support/cli.ts';
import { builtImage } from '../support/image/built-image.ts';
import { describeWithBuilder } from '../support/image/describe-with-builder.ts';
import { startAuthoriser } from '../support/simulated-account/authoriser/authoriser.ts';
import { accountId, type Credentials, owner, region } from '../support/simulated-account/clients.ts';
import { bootstrap, type DeployerWorld, simulationSettings } from '../support/simulated-account/deployer.ts';
import { findEngine } from '../support/simulated-account/engine.ts';
import { leftBehind } from '../support/simulated-account/left-behind.ts';
import { startMoto } from '../support/simulated-account/moto.ts';
import { openFront } from '../support/simulated-account/runner/runner.ts';

const minute = 60_000;
/** Of the Terraform provider that Pulumi's plugin stands in with, where it does. */
const providers = process.env.TF_PLUGINS ?? '/opt/tf-plugins';

await describeWithBuilder('the image of the Dockerfile, with credentials in variables alone', (builder) => {
  const opened = new AsyncDisposableStack();
  let image: string;
  let world: Pick<DeployerWorld, 'moto' | 'authoriser' | 'settings' | 'result'>;
  let session: Credentials;
  beforeAll(async () => {
    image = await builtImage(builder);
    const { pluginFolder } = await findEngine();
    const volumes = pluginFolder === undefined ? {} : { [providers]: '/opt/tf-plugins' };
    const moto = opened.use(await startMoto());
    const authoriser = opened.use(await startAuthoriser(moto.url));
    const front = await openFront();
    opened.defer(() => front.close());
    world = {
      ...{ moto, authoriser, settings: simulationSettings(front) },
      async result(as, args) {
        const env = {
          AWS_ENDPOINT_URL: authoriser.url,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: as.accessKeyId,
          AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
          ...(as.sessionToken !== undefined && { AWS_SESSION_TOKEN: as.sessionToken }),
        };
        const { finished } = await builder.start(image, [...args, '--json'], { env, volumes });
        const { code, stdout, stderr } = await finished;
        if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}\n${stderr}`);
        return jsonLines(stdout).at(-1)!;
      },
    };
  }, 40 * minute);
  afterAll(() => opened.disposeAsync(), minute);

  it(
    'makes the user that deploys',
    async () => {
      const key = await bootstrap(world);
      const arn = `arn:aws:iam::${accountId}:user/deployer/labdeploy-deployer`;
      session = { accessKeyId: 'ASIAQWERTYUIOPASDFGH', secretAccessKey: 'of the session', sessionToken: 'a token' };
      world.authoriser.enrol(arn, session);
      expect(key.accessKeyId).toMatch(/^AKIA/);
    },
    3 * minute,
  );

  it(
    'makes the role that GitHub deploys as',
    async () => {
      expect(await world.result(owner, ['bootstrap-iam', '--github', 'lab/labdeploy', '--yes'])).toMatchObject({
        role: `arn:aws:iam::${accountId}:role/deployer/labdeploy-deployer`,
      });
    },
    3 * minute,
  );

  it(
    'deploys with up, as a session with a token, and prints the address',
    async () => {
      const done = await world.result(session, ['up', '--yes', '--no-wait', ...world.settings]);
      expect(done).toMatchObject({ event: 'up.done', url: expect.stringMatching(/^https:\/\//) });
      expect(world.authoriser.log.filter(({ allowed }) => !allowed)).toEqual([]);
    },
    20 * minute,
  );

  it(
    'removes all with destroy',
    async () => {
      const removed = await world.result(session, ['destroy', '--all', '--yes']);
      expect(removed).toMatchObject({ event: 'destroy.done', kept: [] });
      const left = await leftBehind(world.moto.url);
      expect(
        left.filter((each) => !/^(role labdeploy-deployer|policy labdeploy-(deployer-\d|boundary))$/.test(each)),
      ).toEqual([]);
    },
    20 * minute,
  );
});
