import type { CommandContext } from '../context.ts';
import { checks } from '../deploy/checks.ts';
import { UserError } from '../errors.ts';
import type { Check } from '../io/doctor-events.ts';

/** Looks at everything that a deployment needs, changes nothing, and fails when one thing would stop it. */
export async function doctor(options: { stack: string; region?: string }, context: CommandContext): Promise<void> {
  const { io } = context;
  const done: Check[] = [];
  for await (const check of checks(options, context)) {
    io.emit('doctor.check', check);
    done.push(check);
  }
  io.emit('doctor.done', { checks: done });
  const failed = done.filter(({ outcome }) => outcome === 'fail').length;
  if (failed > 0) throw new UserError('doctorFailed', { count: failed });
}
