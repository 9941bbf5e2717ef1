/** One row of permissions: what, on what, and why. The policy document, its check and the docs are made of it. */
export interface Statement {
  /** `[A-Za-z0-9]`, unique in its policy. */
  id: string;
  actions: readonly string[];
  /** ARNs. */
  on: readonly string[];
  why: string;
  conditions?: Conditions;
}

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: {
    Sid: string;
    Effect: 'Allow' | 'Deny';
    Action: readonly string[];
    Resource: readonly string[];
    Condition?: Conditions;
  }[];
}

/** As IAM takes it. */
export const policyDocument = (statements: readonly Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements.map(({ id, actions, on, conditions }) => ({
    Sid: id,
    Effect: 'Allow',
    Action: actions,
    Resource: on,
    ...(conditions !== undefined && { Condition: conditions }),
  })),
});
