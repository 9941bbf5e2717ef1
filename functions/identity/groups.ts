/** Its members administer the lab's service. */
export const adminGroup = 'labdeploy-admin';
const plan = /^plan-([a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)$/;

/** The one spelling of plan names: what fits into a group's name, in Cognito too. */
export const isPlanName = (name: string): boolean => plan.test(`plan-${name}`);

/** What an issuer puts into its tokens. */
export const groupsOf = (account: { admin: boolean; plan?: string }): string[] => [
  ...(account.admin ? [adminGroup] : []),
  ...(account.plan === undefined ? [] : [`plan-${account.plan}`]),
];

/** What the service reads from them; groups of other systems mean nothing here. Of several plans the first by name counts. */
export function rightsOf(groups: readonly string[]): { admin: boolean; plan?: string } {
  const plans = groups.flatMap((group) => plan.exec(group)?.[1] ?? []).sort();
  return { admin: groups.includes(adminGroup), ...(plans[0] === undefined ? {} : { plan: plans[0] }) };
}
