import type { InspectReport } from '../../functions/image/inspect.ts';
import { bootstrapEvents } from './bootstrap-events.ts';
import { costEvents } from './cost-events.ts';
import { deployEvents } from './deploy-events.ts';
import { destroyEvents } from './destroy-events.ts';
import { doctorEvents } from './doctor-events.ts';
import { event } from './event.ts';
import { count, table } from './format.ts';
import { galleryEvents } from './gallery-events.ts';
import { modelEvents } from './model-events.ts';
import { peopleEvents } from './people-events.ts';
import { reportEvents } from './report-events.ts';
import { runEvents } from './run-events.ts';
import { serviceEvents } from './service-events.ts';
import { stackEvents } from './stack-events.ts';
import { trainEvents } from './train-events.ts';
import { usersEvents } from './users-events.ts';
import { workerEvents } from './worker-events.ts';

/** Everything a command can say. The key is the event's name in `--json`; text and JSON derive from one payload, so they cannot disagree. */
export const events = {
  ...deployEvents,
  ...destroyEvents,
  ...stackEvents,
  ...bootstrapEvents,
  ...doctorEvents,
  ...usersEvents,
  ...costEvents,
  ...runEvents,
  ...reportEvents,
  ...serviceEvents,
  ...galleryEvents,
  ...peopleEvents,
  ...modelEvents,
  ...workerEvents,
  ...trainEvents,
  'completion.printed': event<{ shell: string; script: string }>('result', (d) => d.script),
  'inspect.file': event<{
    file: string;
    report?: InspectReport;
    lines?: string[];
    failure?: { code: string; message: string };
  }>('result', ({ file, lines, failure }) =>
    failure === undefined
      ? [file, ...(lines ?? []).map((line) => `  ${line}`)].join('\n')
      : `${file}\n  cannot be read: ${failure.message} [${failure.code}]`,
  ),
  'local.ready': event<{ url: string; origin: string; dataFolder: string; workers: number; firstAdmin?: string }>(
    'result',
    (d) =>
      [
        `labdeploy is at ${d.url}`,
        `data in ${d.dataFolder}, ${count(d.workers, 'worker')}; stop with Ctrl-C`,
        ...(d.firstAdmin === undefined ? [] : [`first administrator: ${d.firstAdmin}`]),
      ].join('\n'),
  ),
  'local.unencrypted': event<{ origin: string }>(
    'warn',
    (d) =>
      `${d.origin} is not encrypted: passwords and images can be read on the network; add --tls-cert and --tls-key`,
  ),
  'local.noPage': event<Record<string, never>>(
    'warn',
    () => 'the web page is not built, so only the API answers: stop, run npm run build:web, then start again',
  ),
  'local.trouble': event<{ stage: string; attempt: number; message: string }>(
    'warn',
    (d) => `${d.stage}, attempt ${d.attempt}: ${d.message}`,
  ),
  'local.mailDown': event<{ message: string }>(
    'warn',
    (d) => `${d.message}; the service runs, and mails are tried when they are due`,
  ),
  'local.hookSecret': event<{ host: string; file: string }>(
    'info',
    (d) => `notices to ${d.host} are signed with the secret in ${d.file}`,
  ),
  'local.stopping': event<Record<string, never>>('info', () => 'stopping'),
  'model.listed': event<{ models: { name: string; version: string; path: string; description: string }[] }>(
    'result',
    (d) =>
      table([
        ['name', 'version', 'folder', 'description'],
        ...d.models.map((m) => [m.name, m.version, m.path, m.description]),
      ]).join('\n'),
  ),
  'model.checked': event<{
    model: string;
    version: string;
    sha256: string;
    tests: { output: string; maxDifference: number; tolerance: number }[];
  }>('result', (d) =>
    [
      `${d.model} ${d.version} (weights sha256 ${d.sha256.slice(0, 12)}…)`,
      ...d.tests.map(
        (t) => `${t.output}: largest difference ${t.maxDifference.toExponential(2)} (allowed ${t.tolerance})`,
      ),
    ].join('\n'),
  ),
  'model.begun': event<{ folder: string; files: string[]; from: string; next: string }>('result', (d) =>
    [`wrote ${d.folder}: ${d.files.join(', ')}`, `next: read ${d.folder}/README.md, then ${d.next}`].join('\n'),
  ),
  'model.scored': event<{
    model: string;
    images: {
      image: string;
      thresholds: { iou: number; precision: number; recall: number; f1: number; ap: number }[];
    }[];
  }>('result', (d) =>
    table([
      ['image', 'IoU', 'precision', 'recall', 'F1', 'AP'],
      ...d.images.flatMap((i) =>
        i.thresholds.map((t) => [
          i.image,
          t.iou.toFixed(2),
          t.precision.toFixed(3),
          t.recall.toFixed(3),
          t.f1.toFixed(3),
          t.ap.toFixed(3),
        ]),
      ),
    ]).join('\n'),
  ),
};

export type Events = { [E in keyof typeof events]: Parameters<(typeof events)[E]['text']>[0] };
export type EventName = keyof Events;

/** What an action may do to its user: report. Commands that must ask get `confirm` with the deployer. */
export interface Io {
  emit<E extends EventName>(name: E, data: Events[E]): void;
}
