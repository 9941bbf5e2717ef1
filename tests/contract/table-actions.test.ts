import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from '@jest/globals';
import { dynamoAgreements, dynamoBaseResources } from '../../functions/adapters/aws/dynamo-agreements.ts';
import { dynamoFigures } from '../../functions/adapters/aws/dynamo-figures.ts';
import { dynamoIdempotencyStore } from '../../functions/adapters/aws/dynamo-idempotency-store.ts';
import { dynamoJobStore } from '../../functions/adapters/aws/dynamo-job-store.ts';
import { dynamoModels } from '../../functions/adapters/aws/dynamo-models.ts';
import { dynamoOneTimeStore } from '../../functions/adapters/aws/dynamo-one-time-store.ts';
import { dynamoPictures } from '../../functions/adapters/aws/dynamo-pictures.ts';
import { dynamoShareStore } from '../../functions/adapters/aws/dynamo-share-store.ts';
import { dynamoSpending } from '../../functions/adapters/aws/dynamo-spending.ts';
import { dynamoUsage } from '../../functions/adapters/aws/dynamo-usage.ts';
import type { Outcome } from '../../functions/core/job.ts';
import { daySeconds } from '../../functions/core/time.ts';
import { tableActions } from '../../functions/stack/table-schema.ts';
import { manualClock } from '../support/manual-clock.ts';
import { clientSettings } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { type DynamoCall, type Fate, interfere } from '../support/simulated-account/interfere.ts';
import { makeTable } from '../support/simulated-account/table.ts';
import { figureOf } from './figures.ts';
import { factsOf } from './models.ts';
import { decision, newPicture, newVersion } from './pictures.ts';

const ref = { owner: 'olga', id: 'job1' };
const wanted = { ...ref, name: 'folder', settings: { model: { name: 'nuclei', sha256: 'ab' } } };
const failed: Outcome = { state: 'failed', failure: { code: 'imageEmpty', message: 'empty' } };
const files = ['a.tif', 'b.tif'].map((path) => ({ path, bytes: 1 }));

/** One line for each method, part of the table and action. */
const written = Object.entries(tableActions).flatMap(([store, methods]) =>
  Object.entries(methods).flatMap(([method, parts]) =>
    Object.entries(parts as Record<string, string[]>).flatMap(([part, actions]) =>
      actions.map((action) => `${store}.${method} ${part} ${action}`),
    ),
  ),
);

/** What IAM asks for: a transaction's writes are asked for one by one. */
function actionsOf({ action, input }: DynamoCall): string[] {
  if (action !== 'TransactWriteItems') return [action];
  return input.TransactItems.map((part: object) => `${Object.keys(part)[0]}Item`);
}

await describeWithMoto('the actions of the stores in the table', (moto) => {
  it('are those that are written down, no more and no less', async () => {
    const client = new DynamoDBClient(clientSettings(moto().url));
    await using table = await makeTable(client);
    const clock = manualClock();
    const seen = new Set<string>();
    let method = '';
    let race: (() => Promise<unknown>) | undefined;
    interfere(client, async (call): Promise<Fate> => {
      for (const action of actionsOf(call)) seen.add(`${method} ${call.input.IndexName ?? 'table'} ${action}`);
      if (race !== undefined && call.action === 'TransactWriteItems') {
        const [run, current] = [race, method];
        race = undefined;
        await run();
        method = current;
      }
      return 'answered';
    });
    const recorded = <S extends object>(store: string, methods: S): S =>
      new Proxy(methods, {
        get(target, name) {
          const run = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
          return (...args: unknown[]) => {
            method = `${store}.${String(name)}`;
            return run.apply(target, args);
          };
        },
      });
    const options = { client, table: table.name, clock };
    const jobs = recorded('jobs', dynamoJobStore(options));
    const shares = recorded('shares', dynamoShareStore(options));
    const usage = recorded('usage', dynamoUsage(options));
    const models = recorded('models', dynamoModels(options));
    const figures = recorded('figures', dynamoFigures({ client, table: table.name }));
    const spending = recorded('spending', dynamoSpending({ client, table: table.name }));
    const pictures = recorded('pictures', dynamoPictures(options));
    const agreements = recorded('agreements', dynamoAgreements(options));
    const bases = recorded('bases', dynamoBaseResources(options));
    const oneTime = recorded('oneTime', dynamoOneTimeStore(options));
    const answers = recorded('answers', dynamoIdempotencyStore(options));

    await jobs.create(wanted);
    await jobs.expect(ref, files.slice(0, 1));
    await jobs.expect(ref, files);
    await jobs.describe(ref, { note: 'a note' });
    await jobs.submit(ref);
    await jobs.seal(ref);
    for (const { path } of files) await jobs.finishFile(ref, path, failed);
    await jobs.startPackaging(ref);
    await jobs.complete(ref, 1);
    await jobs.reopen(ref);
    race = () => jobs.resetFailed(ref, 1);
    await jobs.resetFailed(ref, 10);
    await jobs.resume(ref, 2);
    clock.advance(10);
    await jobs.touch(ref, clock.now());
    await jobs.fail(ref, { code: 'gaveUp', message: 'given up' });
    await jobs.create({ ...wanted, id: 'job2' });
    await jobs.expire({ ...ref, id: 'job2' });
    await jobs.create({ ...wanted, id: 'job3' });
    await jobs.cancel({ ...ref, id: 'job3' });
    await jobs.create({ ...wanted, id: 'job4' });
    await jobs.expect({ ...ref, id: 'job4' }, files);
    const kept = { ...ref, id: 'job6' };
    await jobs.create({ ...wanted, ...kept });
    await jobs.expect(kept, files.slice(0, 1));
    await jobs.submit(kept);
    await jobs.seal(kept);
    await jobs.finishFile(kept, 'a.tif', { state: 'done' });
    await jobs.startPackaging(kept);
    await jobs.complete(kept, 1);
    await jobs.moveStorage(kept, { to: 'due', generation: 1, round: 0, dueAt: clock.now() });
    await jobs.storageWaiting(clock.now() + daySeconds * 1000);
    const large = { ...ref, id: 'job5' };
    await jobs.create({ ...wanted, ...large, files: 2000 });
    await jobs.expect(large, files);
    await jobs.submit(large);
    await jobs.seal(large);
    for (const { path } of files) await jobs.finishFile(large, path, failed);
    await jobs.file(large, 'a.tif');
    await jobs.files(large);
    await jobs.fail(large, { code: 'gaveUp', message: 'given up' });
    await jobs.reopen(large);
    await jobs.resetFailed(large, 10);
    await jobs.resume(large, 2);
    await jobs.startPackaging(large);
    await jobs.remove(large);
    await jobs.get(ref);
    await jobs.list('olga');
    await jobs.running('olga');
    await jobs.files(ref);
    await jobs.files(ref, { state: 'failed' });
    await jobs.file(ref, 'a.tif');
    await jobs.stuck(clock.now() + 1);
    await jobs.remove({ ...ref, id: 'job4' });
    await jobs.removed(clock.now() + 1);
    await jobs.forget({ ...ref, id: 'job4' });
    const share = { job: ref, member: 'omar', memberEmail: 'omar@x', ownerEmail: 'olga@x', sharedAt: 1 };
    await shares.add(share);
    await shares.find('omar', ref.id);
    await shares.ofJob(ref);
    await shares.withMember('omar');
    await shares.byOwner('olga');
    await shares.remove(ref, 'omar');
    await usage.spend('olga', '2026-01-01', { jobs: 1 }, { jobs: 1, bytes: 1 });
    await usage.of('olga', '2026-01-01');
    await usage.total('2026-01-01', '2026-01-02');
    await usage.forget('2026-01-02');
    await usage.forgetOwner('olga', '2026-01-02');
    await models.add({ id: 'v1', kind: 'onnx', bytes: 1, by: 'ada' });
    await models.startCheck('v1');
    const build = { source: 'f', dockerfile: 'Dockerfile', phases: [] };
    await models.startBuild('v1', build);
    await models.followBuild('v1', build);
    await models.endBuild('v1', 'images@sha256:1');
    await models.refuse('v1', { code: 'modelBroken', message: 'broken' });
    await models.checkAgain('v1');
    await models.startCheck('v1');
    await models.accept('v1', factsOf('nuclei', '1'));
    await models.offer('v1', { id: 'ada', name: 'Ada' });
    await models.retire('v1');
    await models.get('v1');
    await models.all();
    await models.forgetPerson('ada');
    const figure = figureOf(1, { scope: 'public', until: 5 });
    await figures.add(figure);
    await figures.get(figure.id);
    await figures.replace(figure);
    await figures.list('lab');
    await figures.list('public');
    await figures.byOwner(figure.owner);
    await figures.over(5, 10);
    await figures.remove(figure.id);
    await spending.add('2026-11', 0.25);
    expect(await spending.spent('2026-11')).toBe(0.25);
    expect(await spending.spent('2026-12')).toBe(0);
    const picture = { owner: 'olga', id: 'p1' };
    await agreements.publish(newVersion());
    await agreements.versions();
    await bases.add({ recipe: 'face-swap', id: 'b1', labels: {}, story: '', addedAt: 1 });
    await bases.list('face-swap');
    await bases.remove('face-swap', 'b1');
    await pictures.add(newPicture('p1', { show: 'lab' }));
    await pictures.decide(decision());
    await pictures.take(picture, { do: 'arrive' });
    await pictures.take(picture, { do: 'found', size: { width: 1, height: 1 }, regions: [], review: false });
    await pictures.take(picture, { do: 'swapped' });
    await pictures.take(picture, { do: 'show' });
    await pictures.get(picture);
    await pictures.list('olga');
    await pictures.person('olga');
    await pictures.history('olga');
    await pictures.records('olga');
    await pictures.inList('lab');
    await pictures.due(clock.now() + 1e10, 10);
    await pictures.remove(picture);
    await pictures.forgetOwner('olga');
    await oneTime.put('code', 'a', 'value', 60);
    await oneTime.take('code', 'a');
    await answers.claim('olga', 'k', 'r', 60);
    await answers.keep('olga', 'k', { status: 200, body: '{}' }, 60);
    await answers.release('olga', 'k');
    await answers.claim('olga', 'k', 'r', 60);
    await answers.forgetOwner('olga');

    expect([...seen].sort()).toEqual(written.sort());
  });
});
