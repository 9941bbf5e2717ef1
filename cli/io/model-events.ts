import type { VersionView } from '../../functions/contract/models.ts';
import type { ModelView } from '../../functions/contract/service.ts';
import type { BuiltImage } from '../../functions/ports/builds.ts';
import { event } from './event.ts';
import { formatBytes, table } from './format.ts';

const nameOf = ({ id, name, revision }: VersionView): string => (name === undefined ? id : `${name}@${revision}`);
const stateOf = ({ state, offered }: VersionView): string => (offered ? 'offered' : state);
const scoresOf = ({ scores = {} }: VersionView): string =>
  Object.entries(scores)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const findingsOf = (findings: Readonly<Record<string, number>>): string =>
  Object.entries(findings)
    .map(([severity, count]) => `${count} ${severity.toLowerCase()}`)
    .join(', ') || 'none known';

/** The steps of its build, and of one that failed the last lines of its log. */
const buildLinesOf = ({ build }: VersionView): string[] =>
  build === undefined
    ? []
    : [
        ...build.phases.map(
          ({ name, state, seconds }) => `build: ${name} ${state}${seconds === undefined ? '' : `, ${seconds} s`}`,
        ),
        ...(build.lines ?? []),
        ...(build.image === undefined ? [] : [`built: ${build.image}`]),
      ];

/** What commands say of the models of a service. */
export const modelEvents = {
  'model.adding': event<{ id: string; bytes: number; url: string }>(
    'info',
    (d) => `sending ${formatBytes(d.bytes)} to ${d.url}, version ${d.id}`,
  ),
  'image.building': event<{ build: string; source: string; bytes: number }>(
    'info',
    (d) => `build ${d.build}: ${formatBytes(d.bytes)} of source, sha256 ${d.source}`,
  ),
  'image.phase': event<{ build: string; phase: string }>('progress', (d) => `build ${d.build}: ${d.phase}`),
  'image.built': event<BuiltImage & { source: string; reused: boolean }>('result', (d) =>
    [
      `${d.image}${d.reused ? ' (built of the same files before)' : ''}`,
      d.findings === undefined ? 'not scanned yet' : `vulnerabilities: ${findingsOf(d.findings)}`,
    ].join('\n'),
  ),
  'model.building': event<{ model: string; step: number; of: number; what: string }>(
    'progress',
    (d) => `${d.model}: step ${d.step} of ${d.of}, ${d.what}`,
  ),
  'model.built': event<{ model: string; source: string; image: string; engine: string; reused: boolean }>(
    'result',
    (d) => `${d.model}: ${d.reused ? 'built of the same files before' : `built by ${d.engine}`}, image ${d.image}`,
  ),
  'model.waiting': event<{ id: string; state: string }>('progress', (d) => `version ${d.id}: ${d.state}`),
  'model.version': event<{ version: VersionView }>('result', ({ version }) =>
    [
      `${nameOf(version)}: ${stateOf(version)}`,
      ...(version.failure === undefined ? [] : [version.failure.message]),
      ...buildLinesOf(version),
      `added by ${version.addedBy}, ${version.addedAt}`,
      ...(version.offeredBy === undefined ? [] : [`offered by ${version.offeredBy}, ${version.offeredAt}`]),
      ...(version.name === undefined ? [] : [`id ${version.id}, package sha256 ${version.package}`]),
      ...(version.licence === undefined ? [] : [`licence ${version.licence}`]),
      ...(version.scores === undefined ? [] : [scoresOf(version)]),
      ...(version.maps ?? []).map(
        (map) => `${map.output}: largest difference ${map.maxDifference.toExponential(2)} (allowed ${map.tolerance})`,
      ),
    ].join('\n'),
  ),
  'model.versions': event<{ versions: VersionView[]; offered: ModelView[] }>('result', ({ versions, offered }) =>
    [
      ...table([
        ['new jobs use', 'version', 'sha256'],
        ...offered.map((each) => [
          each.name,
          each.revision === undefined ? `${each.version} (shipped)` : `${each.version} (@${each.revision})`,
          `${each.sha256.slice(0, 12)}…`,
        ]),
      ]),
      ...(versions.length === 0
        ? ['no model was added to this service']
        : table([
            ['version', 'state', 'id', 'added', 'by', 'scores'],
            ...versions.map((each) => [
              nameOf(each),
              stateOf(each),
              each.id,
              each.addedAt.slice(0, 10),
              each.addedBy,
              scoresOf(each),
            ]),
          ])),
    ].join('\n'),
  ),
};
