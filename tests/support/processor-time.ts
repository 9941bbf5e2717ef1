/** Milliseconds of the processor since `start`, not of the clock: other programs run too. */
export function millisecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
