import { table as shape } from '../../../../functions/stack/table-schema.ts';
import { type Access, type AccountRegion, arn, jsonOf, targetOf, UnknownRequest } from './access.ts';
import type { SignedRequest } from './signed-request.ts';

interface TableCall {
  TableName?: string;
  ResourceArn?: string;
  IndexName?: string;
  Key?: Record<string, Record<string, string>>;
  Item?: Record<string, Record<string, string>>;
  RequestItems?: Record<string, unknown>;
  TransactItems?: Record<string, TableCall>[];
  Tags?: unknown[];
}

const inTransaction: Record<string, string> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

/**
 * What a request to DynamoDB does: a query of an index touches the index, a transaction each of its tables. Source: the
 * DynamoDB guide, "Using IAM with DynamoDB transactions" and "… global secondary indexes".
 */
export function dynamodbAccesses(request: SignedRequest, target: AccountRegion): Access[] {
  const operation = targetOf(request);
  if (operation === undefined) throw new UnknownRequest('DynamoDB without an operation');
  const call = jsonOf(request) as TableCall;
  const table = ({ TableName: name = '' }: TableCall) =>
    name.startsWith('arn:') ? name : arn(target, 'dynamodb', `table/${name}`);
  if (call.TransactItems !== undefined)
    return call.TransactItems.flatMap((item) =>
      Object.entries(item).map(([kind, part]) => ({
        action: `dynamodb:${inTransaction[kind]}`,
        resource: table(part),
      })),
    );
  if (call.RequestItems !== undefined)
    return Object.keys(call.RequestItems).map((name) => ({
      action: `dynamodb:${operation}`,
      resource: table({ TableName: name }),
    }));
  const action = `dynamodb:${operation}`;
  if (call.ResourceArn !== undefined) return [{ action, resource: call.ResourceArn }];
  if (call.TableName === undefined) return [{ action, resource: '*' }];
  if (operation === 'CreateTable' && call.Tags !== undefined)
    return [action, 'dynamodb:TagResource'].map((each) => ({ action: each, resource: table(call) }));
  const resource = `${table(call)}${call.IndexName === undefined ? '' : `/index/${call.IndexName}`}`;
  const leading = (call.Key ?? call.Item)?.[shape.partitionKey]?.S;
  return [{ action, resource, ...(leading !== undefined && { context: { 'dynamodb:LeadingKeys': [leading] } }) }];
}
