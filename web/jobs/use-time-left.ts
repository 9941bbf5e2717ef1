import { useEffect, useState } from 'react';
import { inDuration } from '../format.ts';
import { strings } from '../strings.ts';
import { type Sample, timeLeft, withSample } from './time-left.ts';

/** The time left in words, from how `done` moves while this is shown. */
export function useTimeLeft(done: number, total: number): string {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => setSamples((before) => withSample(before, { at: Date.now(), done })), [done]);
  const left = timeLeft(samples, total);
  return left === undefined ? strings.timeUnknown : strings.timeLeft(inDuration(left));
}
