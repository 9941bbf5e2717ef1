import { isMap, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { Failure } from '../core/errors.ts';
import { audiences, purposes } from '../core/pictures/picture.ts';
import { pictureTypes, type Recipe, type Transform } from '../core/pictures/recipe.ts';

const label = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'a label is a-z, 0-9 and _, at most 40');
const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a name is a-z, 0-9 and -, at most 40');

/** One line that people read. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), 'it is one line');

const transform = z
  .union([
    z.enum(['crop', 'outline']),
    z.strictObject({ mosaic: z.int().min(1).max(16) }),
    z.strictObject({ blur: z.number().min(0.1).max(1) }),
    z.strictObject({ container: name }),
  ])
  .transform((step): Transform => {
    if (typeof step === 'string') return { kind: step };
    if ('mosaic' in step) return { kind: 'mosaic', squares: step.mosaic };
    return 'blur' in step ? { kind: 'blur', sigma: step.blur } : { kind: 'container', name: step.container };
  });

const recipe = z.strictObject({
  name,
  title: line(60).optional(),
  about: line(300).optional(),
  accepts: z
    .array(z.enum(pictureTypes))
    .min(1)
    .default([...pictureTypes]),
  consent: z.array(z.enum(purposes)).refine((given) => given.includes('process'), 'a recipe needs the purpose process'),
  labels: z.array(label).max(10).default([]),
  region: z.strictObject({
    detector: z.enum(['whole', 'face']),
    choose: z.enum(['all', 'largest']).default('all'),
    padding: z.number().min(0).max(2).default(0),
    threshold: z.number().min(0.05).max(0.95).default(0.3),
  }),
  transform: z.array(transform).min(1).max(8),
  base: z
    .union([
      z.literal('none').transform(() => undefined),
      z.strictObject({ random: z.strictObject({ by: z.array(label).min(1) }) }).transform(({ random }) => random),
    ])
    .optional(),
  complete: z.strictObject({
    show: z.enum(audiences),
    review: z.boolean().default(false),
    deleteOriginal: z.boolean().default(true),
    keepMinutes: z.int().min(1).max(525_600).optional(),
  }),
});

/**
 * One recipe as a YAML file says it. Throws `recipeInvalid` with file, line and what is wrong: a key that is unknown or
 * stands twice, a value of another type, labels of the base that no upload has, a lab that sees what nobody may share.
 */
export function readRecipe(text: string, file: string): Recipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const refuse = (at: number | undefined, detail: string): never => {
    throw new Failure('recipeInvalid', { file, line: at === undefined ? 1 : lines.linePos(at).line, detail });
  };
  const [error] = document.errors;
  if (error !== undefined) return refuse(error.pos[0], error.message.split('\n')[0]!.replace(/ at line .*$/, ''));
  visit(document, { Alias: (_, alias) => refuse(alias.range?.[0], 'aliases (*) are not read') });
  const lineOf = (path: readonly PropertyKey[]): number | undefined => {
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range !== undefined) return node.range[0];
    }
    return undefined;
  };
  const parsed = recipe.safeParse(document.toJS());
  if (!parsed.success) {
    const { path, message, unknown } = faultOf(parsed.error.issues[0]!);
    const at = unknown === undefined ? lineOf(path) : keyAt(document.getIn(path, true), unknown);
    const where = [...path, ...(unknown === undefined ? [] : [unknown])].join('.') || 'the file';
    return refuse(at, `${where}: ${message}`);
  }
  const contradiction = contradictionIn(parsed.data);
  if (contradiction !== undefined) return refuse(lineOf(contradiction.path), contradiction.detail);
  const { title, about, base, complete, ...rest } = parsed.data;
  const { keepMinutes, ...completion } = complete;
  return {
    ...rest,
    ...(title !== undefined && { title }),
    ...(about !== undefined && { about }),
    ...(base !== undefined && { base }),
    complete: { ...completion, ...(keepMinutes !== undefined && { keepMinutes }) },
  };
}

/** Keys that are right each, and wrong together. */
function contradictionIn({ base, labels, complete, consent, region }: z.output<typeof recipe>) {
  const unlabelled = base?.by.find((each) => !labels.includes(each));
  if (unlabelled !== undefined) return { path: ['base'], detail: `base: ${unlabelled} is none of the labels` };
  if (complete.show === 'lab' && !consent.includes('share-lab'))
    return {
      path: ['complete', 'show'],
      detail: 'complete.show: the lab sees it only with the purpose share-lab',
    };
  if (complete.review && region.detector === 'whole')
    return {
      path: ['complete', 'review'],
      detail: 'complete.review: a region that is the whole picture has nothing to review',
    };
  return undefined;
}

type Issue = z.core.$ZodIssue;

/** Where the first fault is, what it is, and the key that is unknown where that is it. */
function faultOf(issue: Issue): { path: readonly PropertyKey[]; message: string; unknown?: string } {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  return { ...deepest(issue), ...(unknown !== undefined && { unknown }) };
}

/** Of a union, the fault of the branch that came furthest. */
function deepest(issue: Issue): { path: readonly PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union') return { path: issue.path, message: issue.message };
  const inner = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0];
  if (inner === undefined || inner.path.length === 0)
    return { path: issue.path, message: 'is none of what can stand here (docs/pictures.md)' };
  return { path: [...issue.path, ...inner.path], message: inner.message };
}

/** Where a key of a map stands. */
function keyAt(map: unknown, key: string): number | undefined {
  if (!isMap(map)) return undefined;
  const pair = map.items.find((each) => String(each.key) === key);
  return (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0];
}
