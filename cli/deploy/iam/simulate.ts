import { type ContextEntry, type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { deployerStatements } from '../../../policies/deployer.ts';
import type { PolicyScope } from '../../../policies/named-arns.ts';
import type { Statement } from '../../../policies/statement.ts';

export interface Denied {
  action: string;
  on: string;
  why: string;
}

/** Every row of the deployer's permissions that IAM would not let `principal` use. Throws where that may not be asked. */
export async function deniedActions(
  iam: IAMClient,
  principal: string,
  scope: PolicyScope,
): Promise<{ asked: number; denied: Denied[] }> {
  const denied: Denied[] = [];
  let asked = 0;
  for (const statement of deployerStatements(scope)) {
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: principal,
        ActionNames: [...statement.actions],
        ResourceArns: statement.on.map(example),
        ContextEntries: contextOf(statement),
      }),
    );
    asked += statement.actions.length;
    for (const { EvalActionName, EvalResourceName, EvalDecision } of EvaluationResults) {
      if (EvalDecision === 'allowed') continue;
      denied.push({ action: EvalActionName!, on: EvalResourceName ?? '*', why: statement.why });
    }
  }
  return { asked, denied };
}

/** One thing that the pattern matches: the simulator takes no patterns, but for `*` alone. */
const example = (pattern: string): string => (pattern === '*' ? pattern : pattern.replaceAll('*', 'check'));

/** Values under which the row's own conditions hold. */
function contextOf({ conditions = {} }: Statement): ContextEntry[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]): ContextEntry => {
      const [first = ''] = typeof wanted === 'string' ? [wanted] : wanted;
      const value = operator === 'Null' ? 'check' : first.replaceAll('*', 'check');
      return { ContextKeyName: key, ContextKeyValues: [value], ContextKeyType: 'string' };
    }),
  );
}
