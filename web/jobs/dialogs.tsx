import { Button } from '@mantine/core';
import { useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { Question } from '../components/question.tsx';
import { TypedQuestion } from '../components/typed-question.tsx';
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
export function DeleteDialog({ name, ...on }: DialogProps & { name: string }) {
  const wanted = typeable(name) ? name : strings.deleteWord;
  return (
    <TypedQuestion
      {...{ title: strings.deleteTitle, text: strings.deleteText, wanted, label: strings.deleteType(wanted) }}
      {...{ confirm: strings.deleteConfirm, cancel: strings.deleteKeep, ...on }}
    />
  );
}

/** Names every job that goes; deleting takes a word typed. */
export function DeleteManyDialog({ jobs, ...on }: DialogProps & { jobs: readonly JobView[] }) {
  const [asked] = useState(jobs); // the list behind may change meanwhile
  const wanted = strings.deleteWord;
  return (
    <TypedQuestion
      {...{ title: strings.deleteManyTitle(asked.length), text: strings.deleteManyText(asked.length), wanted }}
      {...{
        label: strings.deleteType(wanted),
        confirm: strings.deleteConfirm,
        cancel: strings.keepMany(asked.length),
        ...on,
      }}
    >
      <ul className="dialog-list">
        {asked.map((job) => (
          <li key={job.id}>
            {job.name} <span className="soft">{strings.imagesAndSize(totalImages(job), job.bytes)}</span>
          </li>
        ))}
      </ul>
    </TypedQuestion>
  );
}
