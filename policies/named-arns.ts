/** Where policies that outlive a stack hold: one account, every region, all stacks of one base name. */
export interface PolicyPlace {
  partition: string;
  account: string;
  /** First word of the names of all stacks: `labdeploy`. */
  baseName: string;
  /** Whom stacks may mail as: addresses, where `*@` is any of a domain; absent: any that SES has verified. */
  senders?: readonly string[];
}

/** ARNs in every region of the account; `%` in a resource stands for the base name. */
export const regional = (place: PolicyPlace, service: string, ...resources: string[]): string[] =>
  resources.map((each) => `arn:${place.partition}:${service}:*:${place.account}:${each.replace('%', place.baseName)}`);

/** The same of services that have no regions. */
export const worldwide = (place: PolicyPlace, service: string, ...resources: string[]): string[] =>
  resources.map((each) => `arn:${place.partition}:${service}::${place.account}:${each.replace('%', place.baseName)}`);
