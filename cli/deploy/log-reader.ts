import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';

export interface LogLine {
  /** Milliseconds since 1970. */
  time: number;
  stage: string;
  text: string;
}

/** How far one group has been read. */
interface Position {
  stage: string;
  group: string;
  /** Lines before it are not asked for any more. */
  since: number;
  newest: number;
  /** Lines that may be answered again: times by id, none older than `lateMs`. */
  seen: Map<string, number>;
}

/** A line may be found so long after a younger one of its group: each instance of a function sends its own. */
const lateMs = 60_000;

/**
 * Reads groups of logs, by stage, from a time on. Each call gives what is new since the one before, oldest first:
 * of each group by its own, so that no line of a slower one is missed. A group that is not there has no lines. What is held
 * is a page of each group, and the ids of one minute.
 */
export function logReader(
  client: CloudWatchLogsClient,
  groups: Readonly<Record<string, string>>,
  { since, job }: { since: number; job?: string },
): () => AsyncGenerator<LogLine> {
  const positions = Object.entries(groups).map(
    ([stage, group]): Position => ({ stage, group, since, newest: since, seen: new Map() }),
  );
  return () => byTime(positions.map((position) => newLines(client, position, job)));
}

async function* newLines(
  client: CloudWatchLogsClient,
  position: Position,
  job: string | undefined,
): AsyncGenerator<LogLine> {
  const { stage, group: logGroupName, since: startTime, seen } = position;
  const wanted = { logGroupName, startTime, ...(job !== undefined && { filterPattern: `"${job}"` }) };
  try {
    for await (const { events = [] } of paginateFilterLogEvents({ client }, wanted)) {
      for (const { eventId = '', timestamp: time = 0, message = '' } of events) {
        position.newest = Math.max(position.newest, time);
        if (seen.has(eventId)) continue;
        seen.set(eventId, time);
        forgetOld(position);
        yield { time, stage, text: message.trimEnd() };
      }
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error; // it has written nothing yet, or was removed by hand
  }
  position.since = Math.max(startTime, position.newest - lateMs);
}

/** Ids come about in order of time: the first that is young enough ends it. */
function forgetOld({ seen, newest }: Position): void {
  for (const [id, time] of seen) {
    if (time >= newest - lateMs) return;
    seen.delete(id);
  }
}

/** One sequence of several that are each in order of time; one line of each is held. */
async function* byTime(sources: readonly AsyncGenerator<LogLine>[]): AsyncGenerator<LogLine> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, ...(await source.next()) })));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads)
      if (!head.done && (first === undefined || head.value.time < first.value.time)) first = head;
    if (first === undefined) return;
    yield first.value;
    Object.assign(first, await first.source.next());
  }
}
