import { type EditedLabels, editedLabels, isOfPlane } from '../../core/edited-labels.ts';
import type { EditEntry, EditOperation, EditPlane } from '../../core/edits.ts';
import { resultRef } from '../../core/object-keys.ts';
import { parseCsv } from '../../core/parse-csv.ts';
import type { FileSummary } from '../../core/summary.ts';
import { openImage } from '../../image/tiff/image.ts';
import type { ImageRef } from '../../jobs/edit-log.ts';
import { objectSource } from '../../object-streams/object-source.ts';
import { readText } from '../../object-streams/read-object.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ObjectClasses } from '../../ports/predictor.ts';
import type { GivenObjects, GivenPlane } from './services.ts';

/** Class and probability of an object of a plane; undefined where the model gave none. */
type ClassOf = (plane: EditPlane, label: number) => { name: string; probability: number } | undefined;

/**
 * The objects of an image as its model found them, with the corrections of these entries. `summary`: of the results
 * without corrections, which `objects` has.
 */
export async function givenObjects(
  image: ImageRef,
  entries: readonly EditEntry[],
  summary: FileSummary,
  objects: ObjectStore,
): Promise<GivenObjects & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const source = opened.use(await objectSource(objects, resultRef(image, image.path, 'labels.tif')));
  const labels = await openImage(source);
  const operations = entries.flatMap((entry) => entry.operations);
  const named = operations.some((operation) => operation.do === 'class');
  const classOf = await modelClasses(image, summary, objects);
  const last = entries.at(-1)!;
  const parts = opened.move();
  return {
    async planeOf(position) {
      const { height, width, data } = await labels.readPlane({ ...position, channel: 0 });
      const before = Uint32Array.from(data as Uint32Array);
      const edited = editedLabels({ height, width, labels: before.slice() });
      const own = operations.filter((operation) => isOfPlane(operation, position));
      for (const operation of own) edited.apply(operation);
      const names = namesGiven(own);
      const numbers = inOrder(edited);
      const classes =
        named || classOf !== undefined
          ? classesOf(numbers, (label) => names.get(label) ?? classOf?.(position, label))
          : undefined;
      return { ...compared(before, edited, numbers), ...(classes && { classes }) };
    },
    corrected: {
      revision: last.revision,
      operations: operations.length,
      by: [...new Set(entries.map(({ by }) => by.name))].sort(),
      at: last.at,
    },
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  };
}

/** Number of each object, from 1 in order of first pixels. */
function inOrder({ plane: { labels } }: EditedLabels): Map<number, number> {
  const numbers = new Map<number, number>();
  let last = 0;
  for (const label of labels) {
    if (label === last) continue;
    last = label;
    if (label > 0 && !numbers.has(label)) numbers.set(label, numbers.size + 1);
  }
  return numbers;
}

/** The plane as float32 can have it, whatever the labels, and which objects have other pixels than before. */
function compared(
  before: Uint32Array,
  { plane: { labels } }: EditedLabels,
  numbers: ReadonlyMap<number, number>,
): Pick<GivenPlane, 'map' | 'edited'> {
  const map = new Float32Array(new SharedArrayBuffer(4 * labels.length)); // goes to another thread
  const edited = new Float64Array(numbers.size);
  const mark = (label: number) => {
    const number = numbers.get(label);
    if (number !== undefined) edited[number - 1] = 1;
  };
  let [last, number] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label !== last) [last, number] = [label, label === 0 ? 0 : numbers.get(label)!];
    map[i] = number;
    if (before[i] !== label) {
      mark(before[i]!);
      mark(label);
    }
  }
  return { map, edited };
}

/** Names that people gave; null of those that they took away. */
function namesGiven(operations: readonly EditOperation[]): Map<number, { name: string; probability: number }> {
  const names = new Map<number, { name: string; probability: number }>();
  for (const operation of operations)
    if (operation.do === 'class') names.set(operation.object, { name: operation.name ?? '', probability: Number.NaN });
  return names;
}

function classesOf(
  numbers: ReadonlyMap<number, number>,
  of: (label: number) => { name: string; probability: number } | undefined,
): ObjectClasses {
  const found = [...numbers.keys()].map((label) => of(label) ?? { name: '', probability: Number.NaN });
  return {
    names: found.map(({ name }) => name),
    probability: Float64Array.from(found, ({ probability }) => probability),
  };
}

/** What the measurements without corrections say; undefined where the model has no classes. */
async function modelClasses(image: ImageRef, summary: FileSummary, objects: ObjectStore): Promise<ClassOf | undefined> {
  const ref = resultRef(image, image.path, 'measurements.csv');
  if (!summary.outputs.some(({ kind, bytes }) => kind === 'measurements.csv' && bytes > 0)) return undefined;
  const { columns, rows } = parseCsv(await readText(objects, ref));
  const [label, name, probability] = ['label', 'class', 'class_probability'].map((column) => columns.indexOf(column));
  if (name! < 0) return undefined;
  const isLinked = summary.counted !== undefined && summary.counted.planes !== 'each';
  const axes = isLinked ? (['position', 'time'] as const) : (['position', 'time', 'depth'] as const);
  const at = axes.map((axis) => columns.indexOf(axis));
  const known = new Map(
    rows.map((row) => [
      [...at.map((column) => row[column]), row[label!]].join(' '),
      { name: row[name!]!, probability: Number(row[probability!] || Number.NaN) },
    ]),
  );
  return (plane, object) => known.get([...axes.map((axis) => plane[axis]), object].join(' '));
}
