import {
  acceptVersion,
  checkAgain,
  endBuild,
  followBuild,
  forgetAdder,
  forgetOfferer,
  isReady,
  type ModelLine,
  type ModelVersion,
  newVersion,
  offerVersion,
  refuseVersion,
  retireVersion,
  startBuild,
  startCheck,
} from '../../core/model-version.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Models } from '../../ports/models.ts';
import type { LocalDatabase } from './database.ts';

/** Rows hold JSON: there are few of them, and whoever reads one reads all of it. */
export function localModels({ sql, change }: LocalDatabase, clock: Clock): Models {
  const selectVersion = sql.prepare('SELECT version FROM model_versions WHERE id = ?');
  const selectVersions = sql.prepare('SELECT version FROM model_versions ORDER BY n DESC');
  const selectLine = sql.prepare('SELECT line FROM model_lines WHERE name = ?');
  const selectLines = sql.prepare('SELECT line FROM model_lines ORDER BY name');
  const insert = sql.prepare('INSERT INTO model_versions (id, version) VALUES (?, ?)');
  const update = sql.prepare('UPDATE model_versions SET version = ? WHERE id = ?');
  const upsertLine = sql.prepare(
    'INSERT INTO model_lines (name, line) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET line = excluded.line',
  );

  const find = (id: string): ModelVersion | undefined => {
    const row = selectVersion.get(id) as { version: string } | undefined;
    return row && (JSON.parse(row.version) as ModelVersion);
  };
  const findLine = (name: string): ModelLine | undefined => {
    const row = selectLine.get(name) as { line: string } | undefined;
    return row && (JSON.parse(row.line) as ModelLine);
  };
  const versions = (): ModelVersion[] =>
    selectVersions.all().map(({ version }) => JSON.parse(version as string) as ModelVersion);
  const lines = (): ModelLine[] => selectLines.all().map(({ line }) => JSON.parse(line as string) as ModelLine);
  const keep = (version: ModelVersion) => update.run(JSON.stringify(version), version.id);
  const keepLine = (line: ModelLine) => upsertLine.run(line.name, JSON.stringify(line));

  /** One transition of one version. */
  const move = (id: string, rule: (version: ModelVersion, now: number) => ModelVersion | undefined) =>
    change(() => {
      const known = find(id);
      const moved = known && rule(known, clock.now());
      if (moved !== undefined) keep(moved);
      return moved;
    });

  return {
    add: (upload) =>
      change(() => {
        const known = find(upload.id);
        if (known !== undefined) return known;
        const added = newVersion(upload, clock.now());
        insert.run(added.id, JSON.stringify(added));
        return added;
      }),
    get: async (id) => find(id),
    all: () => change(() => ({ versions: versions(), lines: lines() })),
    startCheck: (id) => move(id, startCheck),
    accept: (id, facts) =>
      change(() => {
        const version = find(id);
        const known = versions().find((each) => isReady(each) && each.facts.package === facts.package);
        if (known !== undefined && known.id !== id && isReady(known)) return { known };
        const accepted = version && acceptVersion(version, findLine(facts.name), facts, clock.now());
        if (accepted === undefined) return undefined;
        keep(accepted.version);
        keepLine(accepted.line);
        return accepted.version;
      }),
    startBuild: (id, of) => move(id, (version, now) => startBuild(version, of, now)),
    followBuild: (id, build) => move(id, (version, now) => followBuild(version, build, now)),
    endBuild: (id, image) => move(id, (version, now) => endBuild(version, image, now)),
    refuse: (id, failure) => move(id, (version, now) => refuseVersion(version, failure, now)),
    checkAgain: (id) => move(id, checkAgain),
    offer: (id, by) =>
      change(() => {
        const version = find(id);
        const line = version?.facts && findLine(version.facts.name);
        const offered = version && line && offerVersion(version, line, by, clock.now());
        if (offered !== undefined) keepLine(offered);
        return offered;
      }),
    retire: (id) => move(id, retireVersion),
    forgetPerson: (person) =>
      change(() => {
        for (const version of versions()) {
          const kept = forgetAdder(version, person);
          if (kept !== undefined) keep(kept);
        }
        for (const line of lines()) {
          const kept = forgetOfferer(line, person);
          if (kept !== undefined) keepLine(kept);
        }
      }),
  };
}
