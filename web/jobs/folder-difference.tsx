import { strings } from '../strings.ts';
import type { FolderCheck } from '../upload/check-folder.ts';

const maxShownPaths = 10;

/** What is not as it was when a job was begun, the first of it by name. */
export function FolderDifferences({ check: { difference } }: { check: FolderCheck }) {
  if (difference === undefined) return <p>{strings.otherKind}</p>;
  const { same, changed, missing, added } = difference;
  if (same + changed.length === 0 && missing.length > 0) return <p>{strings.unrelated}</p>;
  const lines = [
    ...changed.map(({ path, how }) => `${path}: ${strings.changes[how]}`),
    ...missing.map((path) => `${path}: ${strings.changes.missing}`),
    ...added.map((path) => `${path}: ${strings.changes.added}`),
  ];
  return <PathList lines={lines} />;
}

/** The first lines of a list, and how many there are. */
export function PathList({ lines }: { lines: readonly string[] }) {
  return (
    <>
      {lines.length > maxShownPaths && <p>{strings.firstOf(maxShownPaths, lines.length)}</p>}
      <ul>
        {lines.slice(0, maxShownPaths).map((line) => (
          <li key={line} className="path">
            {line}
          </li>
        ))}
      </ul>
    </>
  );
}
