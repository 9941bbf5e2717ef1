import { Button, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { Question } from '../components/question.tsx';
import { strings } from '../strings.ts';

interface DescribeDialogProps {
  job: JobView;
  onClose(): void;
  onConfirm(words: { name: string; note: string }): void;
}

export function DescribeDialog({ job, onClose, onConfirm }: DescribeDialogProps) {
  const [name, setName] = useState(job.name);
  const [note, setNote] = useState(job.note ?? '');
  return (
    <Question
      title={strings.describeJob}
      onClose={onClose}
      onConfirm={() => onConfirm({ name: name.trim(), note })}
      field={
        <>
          <TextInput
            label={strings.jobName}
            value={name}
            maxLength={200}
            required
            pattern=".*\S.*"
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Textarea
            label={strings.note}
            description={strings.noteHint}
            value={note}
            rows={5}
            maxLength={2000}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </>
      }
    >
      <Button type="submit">{strings.save}</Button>
      <Button variant="default" onClick={onClose}>
        {strings.doNotSave}
      </Button>
    </Question>
  );
}
