import type { LocalDatabase } from '../database.ts';

/** How the service was last started. */
export type SettingName = 'mode' | 'issuer';

export function openSettings({ sql, write }: LocalDatabase) {
  const get = sql.prepare('SELECT value FROM settings WHERE name = ?');
  const put = sql.prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)');
  const read = (name: SettingName) => (get.get(name) as { value: string } | undefined)?.value;
  return {
    read,
    change: (name: SettingName, value: string): 'new' | 'same' | 'changed' =>
      write(() => {
        const before = read(name);
        put.run(name, value);
        return before === undefined ? 'new' : before === value ? 'same' : 'changed';
      }),
  };
}
