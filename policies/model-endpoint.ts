import { answersPrefix } from '../functions/core/object-keys.ts';
import { pullStatements, runtimeStatements } from './access-statements.ts';
import type { Statement } from './statement.ts';

/** What the machines of an endpoint may do, whose image is foreign code. ARNs, and the image by its digest. */
export const endpointStatements = (on: {
  image: string;
  /** Of the bucket. */
  results: string;
  topic: string;
  /** Of the log group. */
  log: string;
}): Statement[] => [
  {
    id: 'ReadRequests',
    actions: ['s3:GetObject'],
    on: [`${on.results}/*/.tables.unfinished/*/requests/*.npy`],
    why: 'reads what it is asked, and nothing else of a job',
  },
  {
    id: 'WriteAnswers',
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    on: [`${on.results}/${answersPrefix}*`],
    why: 'stores what it answers; what is cut off is given up',
  },
  { id: 'Notify', actions: ['sns:Publish'], on: [on.topic], why: 'says that it has answered' },
  ...runtimeStatements(on.log),
  ...pullStatements(on.image),
];
