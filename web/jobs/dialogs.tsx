import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { Question } from '../components/question.tsx';
import { strings } from '../strings.ts';
import { totalImages } from './total-files.ts';
import { typeable } from './typeable.ts';

interface DialogProps {
  onClose(): void;
  onConfirm(): void;
}

/** Says what is lost, and does it only when asked twice. */
export function CancelDialog({ onClose, onConfirm }: DialogProps) {
  return (
    <Question title={strings.cancelTitle} text={strings.cancelText} onClose={onClose} onConfirm={onConfirm}>
      <Button type="submit" className="danger filled">
        {strings.cancelConfirm}
      </Button>
      <Button variant="default" onClick={onClose}>
        {strings.keepJob}
      </Button>
    </Question>
  );
}

/** Deleting takes the name typed back; a word, where the name can hardly be typed: long, or with blanks that look alike. */
export function DeleteDialog({ name, onClose, onConfirm }: DialogProps & { name: string }) {
  const [typed, setTyped] = useState('');
  const wanted = typeable(name) ? name : strings.deleteWord;
  const same = typed.normalize('NFC').trim() === wanted;
  return (
    <Question
      title={strings.deleteTitle}
      text={strings.deleteText}
      onClose={onClose}
      onConfirm={() => same && onConfirm()}
      field={
        <TextInput
          label={strings.deleteType(wanted)}
          value={typed}
          autoComplete="off"
          autoFocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      }
    >
      <Button type="submit" className="danger filled" disabled={!same}>
        {strings.deleteConfirm}
      </Button>
      <Button variant="default" onClick={onClose}>
        {strings.deleteKeep}
      </Button>
    </Question>
  );
}

/** Names every job that goes; deleting takes a word typed. */
export function DeleteManyDialog({ jobs, onClose, onConfirm }: DialogProps & { jobs: readonly JobView[] }) {
  const [asked] = useState(jobs); // the list behind may change meanwhile
  const [typed, setTyped] = useState('');
  const same = typed.trim() === strings.deleteWord;
  return (
    <Question
      title={strings.deleteManyTitle(asked.length)}
      text={strings.deleteManyText}
      onClose={onClose}
      onConfirm={() => same && onConfirm()}
      field={
        <>
          <ul className="dialog-list">
            {asked.map((job) => (
              <li key={job.id}>
                {job.name} <span className="soft">{strings.imagesAndSize(totalImages(job), job.bytes)}</span>
              </li>
            ))}
          </ul>
          <TextInput
            label={strings.deleteType(strings.deleteWord)}
            value={typed}
            autoComplete="off"
            autoFocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </>
      }
    >
      <Button type="submit" className="danger filled" disabled={!same}>
        {strings.deleteConfirm}
      </Button>
      <Button variant="default" onClick={onClose}>
        {strings.keepThem}
      </Button>
    </Question>
  );
}
