import { type Access, formOf } from './access.ts';
import type { Decision } from './decide.ts';
import type { SignedRequest } from './signed-request.ts';

/** What IAM's SimulatePrincipalPolicy asks: about whom, and every action on every resource. */
export interface Simulated {
  principal: string;
  accesses: Access[];
}

const numbered = (form: ReadonlyMap<string, string>, name: string): string[] =>
  [...form].filter(([field]) => RegExp(`^${name}\\.member\\.\\d+$`).test(field)).map(([, value]) => value);

/** Undefined where the request is another. moto has no simulator. */
export function simulatedBy(service: string, request: SignedRequest): Simulated | undefined {
  const form = service === 'iam' ? formOf(request) : new Map<string, string>();
  if (form.get('Action') !== 'SimulatePrincipalPolicy') return undefined;
  const context: Record<string, string | string[]> = {};
  for (let i = 1; form.has(`ContextEntries.member.${i}.ContextKeyName`); i++) {
    const entry = `ContextEntries.member.${i}`;
    context[form.get(`${entry}.ContextKeyName`)!] = form.get(`${entry}.ContextKeyValues.member.1`) ?? '';
  }
  const resources = numbered(form, 'ResourceArns');
  return {
    principal: form.get('PolicySourceArn')!,
    accesses: numbered(form, 'ActionNames').flatMap((action) =>
      (resources.length === 0 ? ['*'] : resources).map((resource) => ({ action, resource, context })),
    ),
  };
}

/** As IAM answers. */
export const simulationAnswer = (decided: readonly (Access & Pick<Decision, 'allowed'>)[]): string => {
  const results = decided.map(
    ({ action, resource, allowed }) =>
      `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>${resource}</EvalResourceName><EvalDecision>${allowed ? 'allowed' : 'implicitDeny'}</EvalDecision></member>`,
  );
  return `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>${results.join('')}</EvaluationResults></SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>`;
};
