/** How long this delivery may work. What it has not done by then, the next one resumes. */
export interface Deadline {
  /** True once nothing long may be begun: what is in progress is finished and kept. */
  near(): boolean;
  /**
   * Asked after each plane: true once enough was done since it last said so to be stored, so that a machine that dies
   * without notice loses no more. Absent: only what the deadline cut short is stored.
   */
  keeps?(): boolean;
  /** Of this delivery, unlike that of any other: names what it keeps. */
  attempt: string;
}
