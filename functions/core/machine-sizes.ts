/** A size of machine that Fargate has. */
export interface MachineSize {
  vcpus: number;
  memoryMb: number;
}

/** From the smallest. Source: AWS Fargate developer guide, task CPU and memory. */
export const machineSizes = [
  { vcpus: 4, memoryMb: 30_720 },
  { vcpus: 8, memoryMb: 61_440 },
  { vcpus: 16, memoryMb: 122_880 },
] as const satisfies readonly MachineSize[];

/** Of a machine's memory for planes: the rest is Node's, the model's on each thread, and what is on its way to S3. */
export const planesShare = 0.6;

/** MB that a machine has for planes. */
export const planeMbOf = ({ memoryMb }: MachineSize): number => Math.floor(planesShare * memoryMb);

/** MB of the largest plane that any machine takes. */
export const largestPlaneMb = planeMbOf(machineSizes.at(-1)!);

/** The smallest machine for planes of so many MB; undefined where none is large enough. */
export const sizeFor = (planeMb = 0): MachineSize | undefined =>
  machineSizes.find((size) => planeMbOf(size) >= planeMb);

/** US dollars of one hour, and of its address in the internet, which every machine has while it runs. */
export interface MachinePrices {
  vcpuHour: number;
  gigabyteHour: number;
  addressHour: number;
}

export const hourlyUsd = ({ vcpus, memoryMb }: MachineSize, prices: MachinePrices): number =>
  vcpus * prices.vcpuHour + (memoryMb / 1024) * prices.gigabyteHour + prices.addressHour;

/** What people are told of machines before one works for them: from the least to the most. */
export interface MachineTerms {
  /** Until a machine works. */
  startMinutes: readonly number[];
  /** US dollars of an hour, without Spot's discount. */
  hourlyUsd: readonly number[];
}

/**
 * Fargate starts a task within 40 to 90 s, as its users measured in 2026; before that Batch places the job, and the image is
 * fetched.
 */
const startMinutes: MachineTerms['startMinutes'] = [1, 3];

export const machineTerms = (prices: MachinePrices): MachineTerms => ({
  startMinutes,
  hourlyUsd: [hourlyUsd(machineSizes[0], prices), hourlyUsd(machineSizes[2], prices)],
});

/** `2026-11`, UTC. */
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);
