import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { accountId, type Credentials, clientsFor, owner, region } from '../clients.ts';
import type { Access } from './access.ts';
import { accountPolicies, type RolePolicies, roleName } from './account-policies.ts';
import { type Decision, decide, decideByText } from './decide.ts';
import { type Refusal, refuse } from './refusal.ts';
import { resolved } from './resolved.ts';
import { accessesOf } from './service-accesses.ts';
import { type Claim, claimOf, type SignatureFault, type SignedRequest, signatureFault } from './signed-request.ts';
import { simulatedBy, simulationAnswer } from './simulate-principal.ts';

/** One access that was judged. */
export interface Judged extends Access {
  /** Name of the role; `owner`, `anybody`, or the host name of a service. */
  who: string;
  allowed: boolean;
  /** Statements that allow it: `{policy}/{Sid}`. */
  by: readonly string[];
}

export interface Authoriser extends AsyncDisposable {
  /** `AWS_ENDPOINT_URL` of everybody who is to be authorised. */
  url: string;
  /** Credentials of a new session of the role, which must trust the service. */
  assume(roleArn: string, service: string): Promise<Credentials>;
  /** Knows the key of a user from now on. moto never tells its secret again. */
  enrol(userArn: string, key: Credentials): void;
  /** Judges what is done in the account without a request through here: by a session, or by a service, to which only the policy of the resource can allow it. */
  judge(who: Credentials | string, access: Access): Promise<Decision>;
  policiesOf(roleArn: string): Promise<RolePolicies>;
  /** Every access since the start, or since it was emptied. */
  readonly log: Judged[];
  /** Is told of each access as it is judged, before the request goes on. */
  watch?: (judged: Judged) => void;
  /** What a role is to be judged by instead of its policies, for as long as it is set. */
  amend?: (roleArn: string, policies: RolePolicies) => RolePolicies;
}

interface Session {
  /** Or of a user with a key of its own. */
  roleArn: string;
  arn: string;
  credentials: Credentials;
}

/** Cognito's operations that nobody signs. */
const unsigned =
  /^AWSCognitoIdentityProviderService\.(InitiateAuth|RespondToAuthChallenge|SignUp|ConfirmSignUp|ForgotPassword|ConfirmForgotPassword|ResendConfirmationCode|GetUser|ChangePassword|GlobalSignOut|RevokeToken|AssociateSoftwareToken|VerifySoftwareToken)$/;
/** Requests after which policies may be others. */
const changesPolicies = /Policy|Role|SetQueueAttributes|SetTopicAttributes|Permission|Create|Delete/;

const faults: Record<SignatureFault, Refusal> = {
  SignatureDoesNotMatch: {
    status: 403,
    code: 'SignatureDoesNotMatch',
    message: 'The request signature we calculated does not match the signature you provided.',
  },
  RequestTimeTooSkewed: {
    status: 403,
    code: 'RequestTimeTooSkewed',
    message: 'The difference between the request time and the current time is too large.',
  },
  Expired: { status: 403, code: 'AccessDenied', message: 'Request has expired' },
  XAmzContentSHA256Mismatch: {
    status: 400,
    code: 'XAmzContentSHA256Mismatch',
    message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
  },
};
const unknownKey: Refusal = {
  status: 403,
  code: 'InvalidAccessKeyId',
  message: 'The AWS Access Key Id you provided does not exist in our records.',
};
const invalidToken: Refusal = { status: 403, code: 'InvalidToken', message: 'The provided token is malformed.' };

/**
 * Stands in front of moto and lets through what the account's policies allow: checks each signature, judges what the
 * request does as IAM would, and refuses as AWS does. The account's owner may do everything.
 */
export async function startAuthoriser(motoUrl: string, now: () => number = Date.now): Promise<Authoriser> {
  const clients = clientsFor(motoUrl);
  const policies = accountPolicies(clients);
  const sessions = new Map<string, Session>();
  const log: Judged[] = [];
  const target = { region, accountId };
  const upstream = new URL(motoUrl);

  const policiesOf = async (roleArn: string): Promise<RolePolicies> => {
    const found = await policies.ofRole(roleArn);
    return authoriser.amend?.(roleArn, found) ?? found;
  };
  const note = (judged: Judged) => {
    log.push(judged);
    authoriser.watch?.(judged);
  };
  const judge = async (session: Session | undefined, access: Access): Promise<Decision> => {
    const { identity = [], boundary } = session === undefined ? {} : await policiesOf(session.roleArn);
    const resourcePolicy = await policies.ofResource(access.resource);
    const decision = await decide({
      ...access,
      principal: session?.arn,
      context: {
        'aws:SecureTransport': 'true', // as with AWS; the way to moto is loopback
        'aws:RequestedRegion': region,
        'aws:ResourceAccount': accountId,
        ...(session && { 'aws:PrincipalArn': session.roleArn, 'aws:PrincipalAccount': accountId }),
        ...access.context,
      },
      identity,
      ...(boundary && { boundary }),
      ...(resourcePolicy && { resourcePolicy }),
      accountId,
    });
    const { allowed, by } = decision;
    note({ ...access, who: session === undefined ? 'anybody' : roleName(session.roleArn), allowed, by });
    return decision;
  };
  const denied = (session: Session | undefined, { action, resource }: Access, { reason }: Decision): Refusal => ({
    status: 403,
    code: 'AccessDenied',
    message: `User: ${session?.arn ?? 'anonymous'} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  });

  /** Who sends it, if its signature is good: a session, the owner, or nobody. */
  const identify = (request: SignedRequest, claim: Claim | undefined): Session | 'owner' | undefined | Refusal => {
    if (claim === undefined) return undefined;
    const session = sessions.get(claim.accessKeyId);
    const credentials = session?.credentials ?? (claim.accessKeyId === owner.accessKeyId ? owner : undefined);
    if (credentials === undefined) return unknownKey;
    if (claim.sessionToken !== credentials.sessionToken) return invalidToken;
    const fault = signatureFault(request, claim, credentials.secretAccessKey, now());
    return fault === undefined ? (session ?? 'owner') : faults[fault];
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    const claim = claimOf(request);
    if (request.method === 'OPTIONS') return forward(upstream, request, response); // asked before the signed request
    const isPublic =
      request.path.endsWith('/.well-known/jwks.json') || unsigned.test(request.headers['x-amz-target'] ?? '');
    if (claim === undefined && isPublic) return forward(upstream, request, response);
    const service = claim?.service ?? 's3';
    const who = identify(request, claim);
    if (typeof who === 'object' && 'code' in who) return refuse(response, request, service, who);
    const accesses = await resolved(accessesOf(service, request, target), clients, motoUrl);
    const simulated = simulatedBy(service, request);
    if (who === 'owner') {
      if (simulated !== undefined) {
        const { identity, boundary } = await policiesOf(simulated.principal);
        const rights = { principal: simulated.principal, identity, ...(boundary && { boundary }), accountId };
        const decided = simulated.accesses.map(async (access) => {
          const question = { ...access, ...rights };
          return { ...access, ...(await decide(question).catch(() => decideByText(question))) }; // not every action has each resource
        });
        const answer = simulationAnswer(await Promise.all(decided));
        response.writeHead(200, { 'content-type': 'text/xml' });
        response.end(answer);
        return;
      }
      for (const access of accesses) {
        note({ ...access, who, allowed: true, by: [] });
        if (changesPolicies.test(access.action)) policies.forget();
      }
      return forward(upstream, request, response);
    }
    for (const access of accesses) {
      const decision = await judge(who, access);
      if (!decision.allowed) return refuse(response, request, service, denied(who, access, decision));
    }
    const forgets = accesses.some(({ action }) => changesPolicies.test(action));
    await forward(upstream, request, response, async (status) => {
      if (forgets) policies.forget({ users: false });
      const [read] = accesses;
      if (status !== 404 || read?.action !== 's3:GetObject') return undefined;
      const list = { action: 's3:ListBucket', resource: read.resource.split('/')[0]! }; // who may not list is not told what is missing
      const decision = await judge(who, list);
      return decision.allowed ? undefined : denied(who, list, decision);
    });
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`the authoriser failed: ${(error as Error).stack}`);
    });
  });
  server.keepAliveTimeout = 60_000; // longer than clients keep theirs, so that none is cut off
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const authoriser: Authoriser = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    policiesOf,
    async assume(roleArn, service) {
      const { trust } = await policies.ofRole(roleArn);
      const decision = await decide({
        principal: service,
        action: 'sts:AssumeRole',
        resource: roleArn,
        context: { 'aws:SourceAccount': accountId },
        identity: [],
        resourcePolicy: trust,
        accountId,
      });
      if (!decision.allowed) throw new Error(`${roleArn} does not trust ${service}`);
      const RoleSessionName = roleName(roleArn).slice(-64);
      const answer = await clients.sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName }));
      const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials!;
      const credentials = {
        accessKeyId: AccessKeyId!,
        secretAccessKey: SecretAccessKey!,
        sessionToken: SessionToken!,
      };
      sessions.set(AccessKeyId!, { roleArn, arn: answer.AssumedRoleUser!.Arn!, credentials });
      return credentials;
    },
    enrol(userArn, credentials) {
      sessions.set(credentials.accessKeyId, { roleArn: userArn, arn: userArn, credentials });
    },
    async judge(who, access) {
      if (typeof who !== 'string') return judge(sessions.get(who.accessKeyId), access);
      const resourcePolicy = await policies.ofResource(access.resource);
      const question = { ...access, principal: who, identity: [], accountId };
      const decision = await decide({ ...question, ...(resourcePolicy && { resourcePolicy }) });
      note({ ...access, who, allowed: decision.allowed, by: decision.by });
      return decision;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return authoriser;
}

async function read(incoming: IncomingMessage): Promise<SignedRequest> {
  const [path = '', ...query] = incoming.url!.split('?');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method!,
    path,
    query: query.join('?'),
    headers: Object.fromEntries(headers),
    body: await buffer(incoming),
  };
}

/** Passes a request on, and its answer back, unless `instead` has something to say to its status. */
function forward(
  upstream: URL,
  { method, path, query, headers, body }: SignedRequest,
  response: ServerResponse,
  instead: (status: number) => Promise<Refusal | undefined> = async () => undefined,
): Promise<void> {
  const { expect: _, 'transfer-encoding': __, ...passed } = headers;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: upstream.hostname,
        port: upstream.port,
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers: { ...passed, 'content-length': body.length },
      },
      (answer) => {
        const pass = async () => {
          const refusal = await instead(answer.statusCode!);
          if (refusal !== undefined) {
            answer.resume();
            refuse(response, { method, path, query, headers, body }, 's3', refusal);
            return;
          }
          response.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(response);
          await new Promise((done) => response.once('close', done));
        };
        pass().then(resolve, reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
