import { z } from 'zod';

/** What whoever starts machines for large images is told of them. */
export const fleetEnvironment = z.object({
  /** ARN of Batch's queue. */
  jobQueue: z.string(),
  /** Name of what a machine is. */
  jobDefinition: z.string(),
  /** The most machines at a time. */
  most: z.number(),
  /** US dollars that machines may cost a month. */
  monthlyLimit: z.number(),
  prices: z.object({ vcpuHour: z.number(), gigabyteHour: z.number(), addressHour: z.number() }),
});

export type FleetEnvironment = z.infer<typeof fleetEnvironment>;

/** What AWS Batch calls jobs that will run or do. */
export const activeJobs = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const;
