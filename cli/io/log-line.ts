/** What the functions' logger writes in every line, and readers do not need. */
const everywhere = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
]);

/** A line of a function's log as people read it: time, stage, level, message and fields; Lambda's own lines as they are. */
export function readableLine({ time, stage, text }: { time: string; stage: string; text: string }): string {
  const fields = parsed(text);
  if (fields === undefined) return `${time} ${stage} ${text}`;
  const { level, message, _aws, ...rest } = fields;
  const metrics = _aws === undefined ? undefined : 'metrics'; // a line from which CloudWatch makes them
  const words = [level, message ?? metrics].filter((word) => word !== undefined).map(shown);
  const facts = Object.entries(rest).flatMap(([key, value]) => (everywhere.has(key) ? [] : [`${key}=${shown(value)}`]));
  return [time, stage, ...words, ...facts].join(' ');
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function parsed(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined; // cut off, as CloudWatch does with what is too long
  }
}
