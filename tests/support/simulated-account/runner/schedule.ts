import type { Authoriser } from '../authoriser/authoriser.ts';
import { accountRest } from './account-rest.ts';
import type { Invocation } from './deployed-function.ts';

interface Schedule {
  Name: string;
  ScheduleExpression: string;
  State: string;
  Target: { Arn: string; RoleArn: string; Input?: string };
}

export interface ScheduleArgs {
  motoUrl: string;
  authoriser: Authoriser;
  invoke(functionArn: string, event: unknown): Promise<Invocation>;
}

/** Fires every enabled schedule once, or that of one stage, with its role's rights, and waits for what it started. */
export async function fireSchedules({ motoUrl, authoriser, invoke }: ScheduleArgs, stage = ''): Promise<Invocation[]> {
  const { Schedules } = await accountRest<{ Schedules: { Name: string }[] }>(motoUrl, 'scheduler', '/schedules');
  const fired: Invocation[] = [];
  for (const { Name } of Schedules) {
    const { Target, State } = await accountRest<Schedule>(motoUrl, 'scheduler', `/schedules/${Name}`);
    if (State !== 'ENABLED' || !Name.endsWith(stage)) continue;
    const credentials = await authoriser.assume(Target.RoleArn, 'scheduler.amazonaws.com');
    const access = { action: 'lambda:InvokeFunction', resource: Target.Arn };
    const { allowed, reason } = await authoriser.judge(credentials, access);
    if (!allowed) throw new Error(`${Name} may not start ${Target.Arn}: ${reason}`);
    fired.push(await invoke(Target.Arn, Target.Input === undefined ? {} : JSON.parse(Target.Input)));
  }
  return fired;
}
