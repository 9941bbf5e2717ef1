/** How long this delivery may work. What it has not done by then, the next one resumes. */
export interface Deadline {
  /** True once nothing long may be begun: what is in progress is finished and kept. */
  near(): boolean;
  /** Of this delivery, unlike that of any other: names what it keeps. */
  attempt: string;
}
