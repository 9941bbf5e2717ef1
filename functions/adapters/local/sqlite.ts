import type * as Sqlite from 'node:sqlite';

type Host = Pick<NodeJS.Process, 'emitWarning' | 'getBuiltinModule'>;

/**
 * node:sqlite without its ExperimentalWarning (Node 22.5 to 24 print one on first use), which would reach the user of
 * every command. Only that warning is dropped, and only while the module loads.
 */
export function loadSqlite(host: Host = process): typeof Sqlite {
  const emitWarning = host.emitWarning;
  host.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (!/^SQLite is an experimental feature/.test(String(warning))) {
      (emitWarning as (...args: unknown[]) => void).call(host, warning, ...rest);
    }
  }) as typeof emitWarning;
  try {
    return host.getBuiltinModule('node:sqlite');
  } finally {
    host.emitWarning = emitWarning;
  }
}
