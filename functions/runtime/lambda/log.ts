import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const serviceName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'labdeploy';

/** JSON lines with the request's id. What is logged names owners, jobs and paths; no URL, token, address or content. */
export const logger = new Logger({ serviceName });

/** Written as lines of the log, from which CloudWatch makes metrics (EMF): no request, no permission. */
export const metrics = new Metrics({ namespace: 'labdeploy', serviceName });

export { MetricUnit };
