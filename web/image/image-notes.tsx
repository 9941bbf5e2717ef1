import { strings } from '../strings.ts';
import { notesInWords } from './notes-in-words.ts';

interface ImageNotesProps {
  /** As `inspect` says them. */
  notes: readonly string[] | undefined;
  /** Why the numbers in the file are no pixel size. */
  pixelSizeReason: string | undefined;
}

/** What was assumed or left out in reading a file. */
export function ImageNotes({ notes = [], pixelSizeReason }: ImageNotesProps) {
  const lines = notesInWords(notes, pixelSizeReason);
  if (lines.length === 0) return null;
  return (
    <ul className="image-notes" aria-label={strings.notes}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
