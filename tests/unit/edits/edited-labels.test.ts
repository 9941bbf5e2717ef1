import { describe, expect, it } from '@jest/globals';
import { changesBox, editedLabels, firstNewObject, undoing } from '../../../functions/core/edited-labels.ts';
import { type EditOperation, editOperation } from '../../../functions/core/edits.ts';
import { anyOperation, corrected, labelsOf, operation, randomNumbers, shown } from '../../support/edit-maker.ts';

const base = () => labelsOf('11..22', '11..22', '......', '.3333.');

describe('operations on labels', () => {
  it.each([
    [
      'give pixels to an object',
      { do: 'set', to: 1, runs: [0, 2, 1, 1, 2, 2] },
      ['111.22', '111122', '......', '.3333.'],
    ],
    [
      'take pixels from another object',
      { do: 'set', to: 1, runs: [0, 3, 2] },
      ['11.112', '11..22', '......', '.3333.'],
    ],
    [
      'give only what belongs to none',
      { do: 'set', to: 1, from: 0, runs: [0, 3, 2] },
      ['11.122', '11..22', '......', '.3333.'],
    ],
    ['erase', { do: 'set', to: 0, runs: [0, 0, 6] }, ['......', '11..22', '......', '.3333.']],
    ['add an object', { do: 'set', to: firstNewObject, runs: [2, 0, 2] }, ['11..22', '11..22', '++....', '.3333.']],
    ['delete objects whole', { do: 'delete', objects: [3, 1] }, ['....22', '....22', '......', '......']],
    ['join objects', { do: 'merge', objects: [2, 3], into: 1 }, ['11..11', '11..11', '......', '.1111.']],
    [
      'leave out what lies outside of the plane',
      { do: 'set', to: 3, runs: [0, 5, 9, 7, 0, 3] },
      ['11..23', '11..22', '......', '.3333.'],
    ],
    [
      'change nothing of an object that is not there',
      { do: 'delete', objects: [9] },
      ['11..22', '11..22', '......', '.3333.'],
    ],
  ] as const)('%s', (_, what, rows) => {
    const labels = editedLabels(base());
    const changes = labels.apply(operation(what as never));
    expect(shown(labels.plane)).toEqual(rows);
    labels.revert(changes);
    expect(shown(labels.plane)).toEqual(shown(base()));
  });

  it('find pixels that an object got after the plane was opened', () => {
    const labels = editedLabels(base());
    labels.apply(operation({ do: 'set', to: 1, runs: [3, 5, 1] }));
    labels.apply(operation({ do: 'delete', objects: [1] }));
    expect(shown(labels.plane)).toEqual(['....22', '....22', '......', '.3333.']);
  });

  it('say where they changed something', () => {
    const changes = editedLabels(base()).apply(operation({ do: 'delete', objects: [2, 3] }));
    expect(changesBox(changes)).toEqual({ left: 1, top: 0, right: 5, bottom: 3 });
  });

  it('are undone by operations too, but for pixels that somebody changed after them', () => {
    const labels = editedLabels(base());
    const undo = undoing(labels.apply(operation({ do: 'merge', objects: [2, 3], into: 1 })));
    labels.apply(operation({ do: 'set', to: 7, runs: [0, 4, 1] }));
    for (const each of undo) labels.apply(operation(each));
    expect(shown(labels.plane)).toEqual(['11..72', '11..22', '......', '.3333.']);
  });

  it('are taken back exactly, whatever they are, and pass the schema of the log', () => {
    const random = randomNumbers(7);
    for (let i = 0; i < 2000; i++) {
      const labels = editedLabels(corrected(base(), [anyOperation(base(), random)]));
      const before = labels.plane.labels.slice();
      const each = anyOperation(base(), random);
      expect(editOperation.parse(each)).toEqual(each);
      labels.revert(labels.apply(each));
      expect(labels.plane.labels).toEqual(before);
    }
  });

  it('on different objects come to the same in either order, where they name the pixels that they change', () => {
    const random = randomNumbers(11);
    let compared = 0;
    while (compared < 500) {
      const [a, b] = [exact(anyOperation(base(), random)), exact(anyOperation(base(), random))];
      const [first, second] = [touched(a), touched(b)];
      if ([...first].some((each) => second.has(each))) continue;
      expect(corrected(base(), [a, b])).toEqual(corrected(base(), [b, a]));
      compared++;
    }
  });
});

/** As tools make them: only with pixels that change. */
function exact(each: EditOperation): EditOperation {
  if (each.do !== 'set') return each;
  return {
    ...each,
    runs: editedLabels(base())
      .apply(each)
      .flatMap(({ runs }) => runs),
  };
}

/** Objects and pixels of none that an operation is about. */
function touched(each: EditOperation): Set<number | string> {
  const changes = editedLabels(base()).apply(each);
  const named = 'objects' in each ? each.objects : [];
  const one = [each].flatMap((what) => ('to' in what ? [what.to, what.from ?? 0] : 'into' in what ? [what.into] : []));
  const own = each.do === 'class' ? [each.object] : [];
  const given = changes.flatMap(({ from, runs }) => (from === 0 ? [...pixels(runs)] : []));
  return new Set([
    ...[...named, ...one, ...own, ...changes.map(({ from }) => from)].filter((label) => label > 0),
    ...given,
  ]);
}

function* pixels(runs: readonly number[]): Generator<string> {
  for (let i = 0; i < runs.length; i += 3)
    for (let x = 0; x < runs[i + 2]!; x++) yield `${runs[i]} ${runs[i + 1]! + x}`;
}
