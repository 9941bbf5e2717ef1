/** Where policies that outlive a stack hold: one account, every region, all stacks of one base name. */
export interface PolicyScope {
  partition: string;
  account: string;
  /** First word of the names of all stacks: `labdeploy`. */
  baseName: string;
  /** Whom stacks may mail as: addresses, where `*@` is any of a domain; absent: any that SES has verified. */
  senders?: readonly string[];
}

/** ARNs in every region of the account; `%` in a resource stands for the base name. */
export const regional = (scope: PolicyScope, service: string, ...resources: string[]): string[] =>
  resources.map((each) => `arn:${scope.partition}:${service}:*:${scope.account}:${each.replace('%', scope.baseName)}`);

/** The same of services that have no regions. */
export const worldwide = (scope: PolicyScope, service: string, ...resources: string[]): string[] =>
  resources.map((each) => `arn:${scope.partition}:${service}::${scope.account}:${each.replace('%', scope.baseName)}`);

/** Whose logs are below `/aws/WRITER/`, beside those of the API. */
export const logWriters = ['lambda', 'batch', 'codebuild', 'sagemaker/Endpoints'] as const;
