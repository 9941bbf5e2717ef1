import { event } from './event.ts';

export interface Check {
  name: string;
  outcome: 'ok' | 'warn' | 'fail';
  detail: string;
  /** What to do about it. */
  fix?: string;
}

/** What `doctor` says. */
export const doctorEvents = {
  'doctor.check': event<Check>(
    'info',
    (d) => `${d.outcome.padEnd(5)}${d.name}: ${d.detail}${d.fix === undefined ? '' : `\n     ${d.fix}`}`,
  ),
  'doctor.done': event<{ checks: Check[] }>('result', (d) => {
    const of = (outcome: Check['outcome']) => d.checks.filter((c) => c.outcome === outcome).length;
    return `${of('ok')} ok, ${of('warn')} to look at, ${of('fail')} to fix`;
  }),
};
