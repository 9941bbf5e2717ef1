import { expect, it } from '@jest/globals';
import { modelEvents } from '../../../cli/io/model-events.ts';

const at = '2026-11-30T10:00:00.000Z';
const version = {
  id: 'b7',
  kind: 'onnx',
  offered: false,
  bytes: 9,
  addedBy: 'Ada',
  addedAt: at,
  changedAt: at,
} as const;
const submitted = { name: 'submitted', state: 'succeeded', seconds: 2 } as const;

it('a version whose image is being built says how far that is', () => {
  const build = { phases: [submitted, { name: 'build', state: 'running' as const }] };
  expect(modelEvents['model.version'].text({ version: { ...version, state: 'building', build } })).toBe(
    `b7: building\nbuild: submitted succeeded, 2 s\nbuild: build running\nadded by Ada, ${at}`,
  );
});

it('a version whose build failed has the reason and the last lines of its log, one that was built its image', () => {
  const failure = { code: 'modelBuildFailed', message: 'the image of the model was not built: build: exit status 1' };
  const build = {
    phases: [{ name: 'build', state: 'failed' as const, seconds: 7 }],
    lines: ['FROM nowhere', 'no image'],
  };
  const refused = { ...version, state: 'refused' as const, failure, build };
  expect(modelEvents['model.version'].text({ version: refused })).toBe(
    `b7: refused\n${failure.message}\nbuild: build failed, 7 s\nFROM nowhere\nno image\nadded by Ada, ${at}`,
  );
  const built = { ...version, state: 'added' as const, build: { phases: [], image: 'lab@sha256:1' } };
  expect(modelEvents['model.version'].text({ version: built })).toBe(
    `b7: added\nbuilt: lab@sha256:1\nadded by Ada, ${at}`,
  );
});
