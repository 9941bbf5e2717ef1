import {
  acceptVersion,
  checkAgain,
  endBuild,
  followBuild,
  forgetAdder,
  forgetOfferer,
  isReady,
  type ModelLine,
  type ModelRegistry,
  type ModelVersion,
  newVersion,
  offerVersion,
  type ReadyVersion,
  refuseVersion,
  retireVersion,
  startBuild,
  startCheck,
} from '../../core/model-version.ts';
import type { Models } from '../../ports/models.ts';
import type { Change, Key } from './dynamo-expressions.ts';
import type { Fields } from './dynamo-items.ts';
import { dynamoTable, type TableOptions } from './dynamo-table.ts';

/*
 * All rows of the registry share one partition: there are few, and they change rarely. Each holds JSON and counts its
 * changes; whoever writes one says which it has read. A row `package#` says which version has these bytes.
 */

const pk = 'models';
const versionKey = (id: string): Key => ({ pk, sk: `version#${id}` });
const lineKey = (name: string): Key => ({ pk, sk: `line#${name}` });
const packageKey = (sha256: string): Key => ({ pk, sk: `package#${sha256}` });

/** A row as it was read; `changes` is 0 of one that is not there. */
interface Read<T> {
  value: T | undefined;
  changes: number;
}

/** Others change the row meanwhile at most so often: people press buttons. */
const mostTries = 20;

export function dynamoModels({ client, table: name, clock }: TableOptions): Models {
  const table = dynamoTable(client, name);

  const read = async <T>(key: Key): Promise<Read<T>> => readOf<T>(await table.get(key));
  /** Makes or replaces the row, if it is as it was read. */
  const write = (key: Key, changes: number, value: unknown, more: Fields = {}): Change => ({
    key,
    set: { ...more, data: JSON.stringify(value), changes: changes + 1 },
    where: changes === 0 ? 'attribute_not_exists(#changes)' : '#changes = :read',
    ...(changes > 0 && { values: { read: changes } }),
  });
  /** Until the row is written as it was read, or there is nothing to write. */
  const untilWritten = async <T>(attempt: () => Promise<{ done: T } | 'again'>): Promise<T> => {
    for (let tries = 0; tries < mostTries; tries++) {
      const result = await attempt();
      if (result !== 'again') return result.done;
    }
    throw new Error(`the registry of models was changed ${mostTries} times meanwhile`);
  };
  const change = <T>(key: Key, rule: (value: T, now: number) => T | undefined) =>
    untilWritten(async () => {
      const { value, changes } = await read<T>(key);
      const moved = value && rule(value, clock.now());
      if (moved === undefined) return { done: undefined };
      const { applied } = await table.update(write(key, changes, moved));
      return applied ? { done: moved } : 'again';
    });
  const move = (id: string, rule: (version: ModelVersion, now: number) => ModelVersion | undefined) =>
    change<ModelVersion>(versionKey(id), rule);

  const all = async (): Promise<ModelRegistry> => {
    const versions: ModelVersion[] = [];
    const lines: ModelLine[] = [];
    for await (const page of table.query({ where: '#pk = :pk', values: { pk } }))
      for (const fields of page) {
        if (String(fields.sk).startsWith('version#')) versions.push(readOf<ModelVersion>(fields).value!);
        if (String(fields.sk).startsWith('line#')) lines.push(readOf<ModelLine>(fields).value!);
      }
    return { versions: versions.sort((a, b) => b.addedAt - a.addedAt || (a.id < b.id ? 1 : -1)), lines };
  };

  /** The other version that is ready with these bytes. */
  const readyWith = async (owner: Read<string>, id: string): Promise<ReadyVersion | undefined> => {
    if (owner.value === undefined || owner.value === id) return undefined;
    const { value } = await read<ModelVersion>(versionKey(owner.value));
    return value !== undefined && isReady(value) ? value : undefined;
  };

  return {
    async add(upload) {
      const added = newVersion(upload, clock.now());
      const { applied, fields } = await table.put(
        { ...versionKey(upload.id), data: JSON.stringify(added), changes: 1 },
        { where: 'attribute_not_exists(#pk)' },
      );
      return applied ? added : readOf<ModelVersion>(fields).value!;
    },
    get: async (id) => (await read<ModelVersion>(versionKey(id))).value,
    all,
    startCheck: (id) => move(id, startCheck),
    accept: (id, facts) =>
      untilWritten<Awaited<ReturnType<Models['accept']>>>(async () => {
        const keys = [versionKey(id), lineKey(facts.name), packageKey(facts.package)] as const;
        const version = await read<ModelVersion>(keys[0]);
        const line = await read<ModelLine>(keys[1]);
        const owner = await read<string>(keys[2]);
        const known = await readyWith(owner, id);
        if (known !== undefined) return { done: { known } };
        const accepted = version.value && acceptVersion(version.value, line.value, facts, clock.now());
        if (accepted === undefined) return { done: undefined };
        const refused = await table.transact([
          write(keys[0], version.changes, accepted.version),
          write(keys[1], line.changes, accepted.line),
          write(keys[2], owner.changes, id),
        ]);
        return refused.length === 0 ? { done: accepted.version } : 'again';
      }),
    startBuild: (id, of) => move(id, (version, now) => startBuild(version, of, now)),
    followBuild: (id, build) => move(id, (version, now) => followBuild(version, build, now)),
    endBuild: (id, image) => move(id, (version, now) => endBuild(version, image, now)),
    refuse: (id, failure) => move(id, (version, now) => refuseVersion(version, failure, now)),
    checkAgain: (id) => move(id, checkAgain),
    offer: (id, by) =>
      untilWritten<ModelLine | undefined>(async () => {
        const version = await read<ModelVersion>(versionKey(id));
        const name = version.value?.facts?.name;
        if (version.value === undefined || name === undefined) return { done: undefined };
        const line = await read<ModelLine>(lineKey(name));
        const offered = line.value && offerVersion(version.value, line.value, by, clock.now());
        if (offered === undefined) return { done: undefined };
        // The version is written too: it must not be retired meanwhile.
        const refused = await table.transact([
          write(versionKey(id), version.changes, version.value),
          write(lineKey(name), line.changes, offered),
        ]);
        return refused.length === 0 ? { done: offered } : 'again';
      }),
    retire: (id) => move(id, retireVersion),
    async forgetPerson(person) {
      const { versions, lines } = await all();
      for (const { id } of versions.filter(({ by }) => by === person))
        await move(id, (version) => forgetAdder(version, person));
      for (const { name: of } of lines.filter(({ offeredById }) => offeredById === person))
        await change<ModelLine>(lineKey(of), (line) => forgetOfferer(line, person));
    },
  };
}

const readOf = <T>(fields: Fields | undefined): Read<T> =>
  fields === undefined
    ? { value: undefined, changes: 0 }
    : { value: JSON.parse(String(fields.data)) as T, changes: Number(fields.changes) };
