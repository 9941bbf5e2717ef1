import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';
import type { Access } from './access.ts';

export interface Policy {
  name: string;
  document: PolicyDocument;
}

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Condition?: unknown;
}

export interface PolicyDocument {
  Version?: string;
  Statement: PolicyStatement | PolicyStatement[];
}

/** Everything that decides about an access. */
export interface Question extends Access {
  /** ARN of the session, host name of a service, or nobody. */
  principal: string | undefined;
  identity: readonly Policy[];
  boundary?: Policy;
  /** Of the bucket, queue, topic or function. */
  resourcePolicy?: PolicyDocument;
  accountId: string;
}

export interface Decision {
  allowed: boolean;
  /** Statements that allow it: `{policy}/{Sid}`. */
  by: readonly string[];
  /** As AWS says it. */
  reason: string;
}

/** As IAM decides, by a simulator of it. Throws where a policy or request is not valid. */
export async function decide(question: Question): Promise<Decision> {
  if (question.action.startsWith('apigateway:')) return decideByText(question);
  const { principal, action, resource, context = {}, identity, boundary, resourcePolicy, accountId } = question;
  const answer = await runSimulation(
    {
      request: {
        principal: principal ?? anonymousPrincipal,
        action,
        resource: { resource, accountId },
        contextVariables: context,
      },
      identityPolicies: identity.map(({ name, document }) => ({ name, policy: document })),
      ...(boundary && { permissionBoundaryPolicies: [{ name: boundary.name, policy: boundary.document }] }),
      ...(resourcePolicy && { resourcePolicy }),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === 'error')
    throw new Error(`IAM cannot judge ${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  const analyses =
    answer.resultType === 'single' ? [answer.result.analysis] : answer.results.map((each) => each.analysis);
  const statements = analyses.flatMap(({ identityAnalysis, resourceAnalysis }) => [
    ...(identityAnalysis?.allowStatements ?? []),
    ...(resourceAnalysis?.allowStatements ?? []),
  ]);
  return {
    allowed: answer.overallResult === 'Allowed',
    by: statements.map(({ policyId, explain }) => `${policyId ?? 'resource policy'}/${explain.identifier}`),
    reason: {
      Allowed: 'allowed',
      ExplicitlyDenied: 'with an explicit deny',
      ImplicitlyDenied: `because no policy allows the ${action} action`,
    }[answer.overallResult],
  };
}

/** Whether a condition holds, of the one kind that is used for HTTP APIs: a tag must be there. Any other does not hold. */
function holds(condition: unknown, context: Record<string, unknown>): boolean {
  const operators = Object.entries((condition ?? {}) as Record<string, Record<string, string>>);
  return operators.every(
    ([operator, keys]) =>
      operator === 'Null' && Object.entries(keys).every(([key, isNull]) => key in context === (isNull === 'false')),
  );
}

/** For what the simulator does not know, as the paths of HTTP APIs. */
export function decideByText({
  action,
  resource,
  context = {},
  identity,
  boundary,
}: Pick<Question, 'action' | 'resource' | 'context' | 'identity' | 'boundary'>): Decision {
  const allowing = ({ name, document }: Policy): string[] =>
    [document.Statement]
      .flat()
      .flatMap(({ Sid, Effect, Action, Resource = [], Condition }) =>
        Effect === 'Allow' &&
        holds(Condition, context) &&
        [Action].flat().some((pattern) => fits(pattern, action)) &&
        [Resource].flat().some((pattern) => fits(pattern, resource))
          ? [`${name}/${Sid}`]
          : [],
      );
  const by = identity.flatMap(allowing);
  const allowed = by.length > 0 && (boundary === undefined || allowing(boundary).length > 0);
  return { allowed, by, reason: allowed ? 'allowed' : `because no policy allows the ${action} action` };
}

const fits = (pattern: string, text: string): boolean =>
  RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);
