import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { computed, usageOfIdleMonth } from '../../../cli/deploy/cost/estimate.ts';
import { permissionsDocument } from '../../../docs/permissions.ts';
import { localJobStore } from '../../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { localQueue } from '../../../functions/adapters/local/queue.ts';
import { noFeatures } from '../../../functions/core/features.ts';
import type { NoticeMessage } from '../../../functions/core/messages.ts';
import { systemClock } from '../../../functions/ports/clock.ts';
import { runStages } from '../../../functions/runtime/run-stages.ts';
import type { LoadableStage, MessageHandler, RoundHandler } from '../../../functions/stages/handler.ts';
import { large } from '../../../functions/stages/large/descriptor.ts';
import { isFed } from '../../../functions/stages/stage.ts';
import { attempts, stages, stagesWith } from '../../../functions/stages/stages.ts';
import { readConfig } from '../../../infra/config.ts';
import { functionsOf } from '../../../infra/functions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const touches = { reads: ['results'], lists: ['results'], writes: [], jobs: ['get'], sends: [] } as const;
const size = { memoryMb: 512, timeoutSeconds: 40 };

/** A stage that a queue feeds, as it would be in a folder of its own; it has the queue of notify. */
const count = (handle: MessageHandler<NoticeMessage>['handle']) => {
  const stage = {
    name: 'count',
    trigger: { queue: 'notices', batchSize: 1, attempts: 2 },
    ...touches,
    ...size,
  } as const;
  const handler = { stage, handle, logLine: () => ['counted', {}] } satisfies MessageHandler<NoticeMessage>;
  return { ...stage, load: async () => ({ handler }) } satisfies LoadableStage;
};

/** A stage that a schedule starts. */
const tidy = (handle: RoundHandler['handle']) => {
  const stage = { name: 'tidy', trigger: { everySeconds: 0.01, attempts: 1 }, ...touches, ...size } as const;
  const handler = { stage, handle, logLine: () => ['tidied', {}] } satisfies RoundHandler;
  return { ...stage, load: async () => ({ handler }) } satisfies LoadableStage;
};
const others = stages.filter(({ name }) => name !== 'notify');
const message = { owner: 'olga', id: 'job1', generation: 1 };

/** Runs these stages on a machine, with a message of count's queue, until `ended` resolves or one fails. Returns what failed. */
async function running(added: readonly LoadableStage[], ended: PromiseWithResolvers<void>): Promise<unknown[]> {
  await using folder = await temporaryFolder();
  using database = openLocalDatabase(':memory:');
  await using objects = await openLocalObjectStore({ root: join(folder.path, 'store') });
  const queue = localQueue(database, systemClock, attempts);
  const ports = { objects, jobs: localJobStore(database, systemClock), queue, clock: systemClock };
  await queue.send('notices', [message]);
  const stop = new AbortController();
  const errors: unknown[] = [];
  const work = runStages(
    {
      ports,
      stages: added,
      model: () => Promise.reject(new Error('no model here')),
      version: '1.2.3',
      files: 1,
      planesAhead: 1,
      admit: async () => () => {},
      onTrouble({ stage, error }) {
        errors.push([stage, (error as Error).message]);
        ended.resolve();
      },
    },
    { signal: stop.signal },
  );
  await ended.promise;
  stop.abort();
  await work;
  return errors;
}

describe('a stage that is added to the list', () => {
  it('gets the messages of its queue on one machine', async () => {
    const ended = Promise.withResolvers<void>();
    const got: unknown[] = [];
    const stage = count(async (body, { version }) => {
      got.push(body, version);
      ended.resolve();
    });
    expect(await running([...others, stage], ended)).toEqual([]);
    expect(got).toEqual([message, '1.2.3']);
  });

  it('may touch on one machine what its descriptor declares, and no more', async () => {
    const stage = count((_, { objects }) => objects.put({ bucket: 'downloads', key: 'olga/job1/a' }, Buffer.from('x')));
    const why = 'stage count may not write downloads: its descriptor does not declare it';
    expect(await running([...others, stage], Promise.withResolvers())).toEqual([['count', why]]);
  });

  it('is started by its schedule on one machine', async () => {
    const twice = Promise.withResolvers<void>();
    let rounds = 0;
    const stage = tidy(async () => {
      if (++rounds === 2) twice.resolve();
    });
    expect(await running([...stages, stage], twice)).toEqual([]);
    expect(rounds).toBeGreaterThanOrEqual(2);
  });

  const stage = count(async () => {});
  const all = [...stages, stage];
  const config = readConfig({ alarmEmail: 'lab@example.org' });

  it('is a function of a stack, before what other services of AWS call', () => {
    expect(functionsOf(all).map(({ name }) => name)).toEqual([
      'api',
      'unzip',
      'predict',
      'zip',
      'notify',
      'answers',
      'cold',
      'sweep',
      'pictures',
      'teach',
      'tidy-pictures',
      'count',
      'pre-sign-up',
      'broker',
    ]);
  });

  it('has its permissions on the page of permissions', () => {
    const page = permissionsDocument(all);
    const [, own = ''] = page.split('### count\n');
    expect(own.split('###')[0]!.match(/(?<=^\| )\w+(?= \| `)/gm)).toEqual([
      'ReadResults',
      'ListResults',
      'Table',
      'TakeMessages',
      'WriteLog',
    ]);
    expect(permissionsDocument()).not.toContain('### count');
  });

  it('of a feature runs only where the feature is on', () => {
    const ofFeature: LoadableStage = { ...stage, feature: 'archiving' };
    const list = [...stages, ofFeature];
    expect(stagesWith(noFeatures, list)).not.toContain(ofFeature);
    expect(stagesWith(new Set(['archiving']), list)).toContain(ofFeature);
    expect(permissionsDocument(list)).toContain('### count\n\nOnly where the feature `archiving` is on.');
  });

  it('costs what its memory and queue cost', () => {
    expect(computed({ count: 10, predict: 10 }, config, all)).toBe((10 * (512 + config.memory)) / 1024);
    const [before, after] = [usageOfIdleMonth(config), usageOfIdleMonth(config, stagesWith(noFeatures, all))];
    expect(after.alarms! - before.alarms!).toBe(2);
    expect(after.messages! / before.messages!).toBeCloseTo(1.33, 2);
    const scheduled = usageOfIdleMonth(config, [
      ...stagesWith<LoadableStage>(noFeatures, stages),
      { ...tidy(async () => {}), trigger: { everySeconds: 300, attempts: 1 } },
    ]);
    expect(scheduled.alarms! - before.alarms!).toBe(1);
    expect(scheduled.schedules).toBe(2 * before.schedules!);
  });
});

it('every queue feeds one stage', () => {
  const fed = [...stages.filter(isFed), large].map(({ trigger }) => trigger.queue);
  expect(fed).toHaveLength(new Set(fed).size);
  expect(Object.keys(attempts).sort()).toEqual(fed.sort());
});
