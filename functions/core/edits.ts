import { z } from 'zod';
import { mostRunNumbers } from './edit-limits.ts';

/** Zero-based, of the label image: one of a projection has one depth. */
const plane = z.strictObject({
  position: z.int().nonnegative(),
  time: z.int().nonnegative(),
  depth: z.int().nonnegative(),
});

/** Objects by their labels: those of the label image, new ones from `firstNewObject` (edited-labels) on. */
const object = z.int().min(1).max(0xffffffff);
const pixels = z.int().nonnegative().max(0xffffffff);

/** What the user did, for whoever reads the log; it changes nothing in how an operation is applied. */
const editTools = [
  ...(['brush', 'eraser', 'lasso', 'click', 'fill', 'split', 'merge'] as const),
  ...(['delete', 'class', 'accept', 'import', 'undo', 'restore'] as const),
] as const;
export type EditTool = (typeof editTools)[number];

const longestClass = 100;

const common = {
  /** ULID: tells a repeat from a second operation. */
  id: z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/),
  plane,
  tool: z.enum(editTools),
};

/**
 * One change of the labels of one plane, or of what is said about them. It says which pixels, so that applying it needs no
 * geometry, and the same log gives the same labels everywhere.
 */
export const editOperation = z.discriminatedUnion('do', [
  /**
   * The pixels of `runs` (row, first column, number of pixels; three numbers a run) belong to the object `to` from now on; 0: to
   * none. `from`: only those that belong to that object, or to none.
   */
  z.strictObject({
    ...common,
    do: z.literal('set'),
    to: pixels,
    from: pixels.optional(),
    runs: z
      .array(pixels)
      .max(mostRunNumbers)
      .refine(({ length }) => length % 3 === 0, 'not three numbers a run'),
  }),
  /** All pixels of the objects belong to `into` from now on. */
  z.strictObject({ ...common, do: z.literal('merge'), objects: z.array(object).min(1).max(1000), into: object }),
  z.strictObject({ ...common, do: z.literal('delete'), objects: z.array(object).min(1).max(10_000) }),
  /** What the object is called; absent: nothing any more. */
  z.strictObject({
    ...common,
    do: z.literal('class'),
    object,
    name: z
      .string()
      .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u)
      .max(longestClass)
      .optional(),
  }),
  /** Every object of the region is right as it is now: labels to train with. `accepted` false: not any more. */
  z.strictObject({
    ...common,
    do: z.literal('accept'),
    region: z.strictObject({ left: pixels, top: pixels, width: pixels.min(1), height: pixels.min(1) }),
    accepted: z.boolean(),
  }),
]);

/** Operations that were stored together, and by whom. */
export const editEntry = z.object({
  /** 1, 2, ... of one image. */
  revision: z.int().positive(),
  /** Of the image. */
  path: z.string().min(1),
  by: z.object({ id: z.string(), name: z.string() }),
  /** ISO 8601. */
  at: z.iso.datetime(),
  operations: z.array(editOperation),
});

export type EditPlane = z.infer<typeof plane>;
export type EditOperation = z.infer<typeof editOperation>;
export type EditEntry = z.infer<typeof editEntry>;
export type AcceptedRegion = Extract<EditOperation, { do: 'accept' }>['region'];
