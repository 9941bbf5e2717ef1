import { region } from '../clients.ts';

/** What the account knows of its networks: EC2 speaks XML, and labdeploy has no client of it. */
async function ask(motoUrl: string, fields: Record<string, string>): Promise<string> {
  const credential = `test/20260101/${region}/ec2/aws4_request`; // by which moto knows whom it is for; it checks no signature
  const answer = await fetch(motoUrl, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none` },
    body: new URLSearchParams({ Version: '2016-11-15', ...fields }),
  });
  if (!answer.ok) throw new Error(`EC2 answered ${answer.status} to ${fields.Action}`);
  return answer.text();
}

export async function tagsOfNetworkPart(motoUrl: string, id: string): Promise<Record<string, string>> {
  const answer = await ask(motoUrl, {
    Action: 'DescribeTags',
    'Filter.1.Name': 'resource-id',
    'Filter.1.Value.1': id,
  });
  const items = answer.split('<item>').slice(1);
  const field = (item: string, name: string) => RegExp(`<${name}>([^<]*)<`).exec(item)?.[1] ?? '';
  return Object.fromEntries(items.map((item) => [field(item, 'key'), field(item, 'value')]));
}

/** What lists each kind of part, and what its ids are called. Endpoints go with their network. */
const lists: Readonly<Record<string, string>> = {
  DescribeInternetGateways: 'internetGatewayId',
  DescribeRouteTables: 'routeTableId',
  DescribeSecurityGroups: 'groupId',
  DescribeSubnets: 'subnetId',
  DescribeVpcs: 'vpcId',
};

/** Ids of the parts that have a tag of this name; DescribeTags knows those that are gone, too. */
export async function taggedNetworkParts(motoUrl: string, tag: string): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(lists).map(async ([Action, name]) => {
      const answer = await ask(motoUrl, { Action, 'Filter.1.Name': 'tag-key', 'Filter.1.Value.1': tag });
      return [...answer.matchAll(RegExp(`<${name}>([^<]+)<`, 'g'))].map(([, id]) => id!);
    }),
  );
  return [...new Set(found.flat())].sort();
}

/** Of the table that it ties a subnet to. */
export async function routeTableOf(motoUrl: string, association: string): Promise<string | undefined> {
  const answer = await ask(motoUrl, {
    Action: 'DescribeRouteTables',
    'Filter.1.Name': 'association.route-table-association-id',
    'Filter.1.Value.1': association,
  });
  return /<routeTableId>([^<]+)</.exec(answer)?.[1];
}
