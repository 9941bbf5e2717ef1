import { isOfPlane, type LabelPlane } from '../../../functions/core/edited-labels.ts';
import type { EditOperation, EditPlane } from '../../../functions/core/edits.ts';
import { assignmentsTo } from '../../../functions/core/label-difference.ts';
import type { Draft } from './gestures.ts';

interface Restoring {
  /** Labels as they are, and as they were. */
  current: LabelPlane;
  wanted: Uint32Array;
  /** Operations of the plane up to the revision that is wanted, and those after it. */
  until: readonly EditOperation[];
  since: readonly EditOperation[];
}

/** Operations that make a plane what it was at an earlier revision: pixels, classes and accepted regions. */
export function restoring({ current, wanted, until, since }: Restoring): Draft[] {
  return [
    ...assignmentsTo(current, wanted),
    ...classesBack(until, since),
    // What was accepted since is taken back, with what was accepted there before: that is said once more.
    ...regionsBack(until, since),
  ];
}

function classesBack(until: readonly EditOperation[], since: readonly EditOperation[]): Draft[] {
  const [before, now] = [namesOf(until), namesOf([...until, ...since])];
  return [...now].flatMap(([object, name]) => {
    const earlier = before.get(object);
    return earlier === name ? [] : [{ do: 'class' as const, object, ...(earlier !== undefined && { name: earlier }) }];
  });
}

function namesOf(operations: readonly EditOperation[]): Map<number, string | undefined> {
  const names = new Map<number, string | undefined>();
  for (const each of operations) if (each.do === 'class') names.set(each.object, each.name);
  return names;
}

function regionsBack(until: readonly EditOperation[], since: readonly EditOperation[]): Draft[] {
  const later = since.flatMap((each) => (each.do === 'accept' ? [each.region] : []));
  if (later.length === 0) return [];
  return [
    ...later.map((region) => ({ do: 'accept' as const, region, accepted: false })),
    ...until.flatMap((each) =>
      each.do === 'accept' ? [{ do: 'accept' as const, region: each.region, accepted: each.accepted }] : [],
    ),
  ];
}

/** Each plane that operations are of, once. */
export function planesTouched(operations: readonly EditOperation[]): EditPlane[] {
  const planes: EditPlane[] = [];
  for (const each of operations) if (!planes.some((known) => isOfPlane(each, known))) planes.push(each.plane);
  return planes;
}
