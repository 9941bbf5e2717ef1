import type { ReactNode } from 'react';

/** Something the user should know; `bad` is read out at once. */
export function Notice({
  kind,
  title,
  children,
}: {
  kind: 'good' | 'bad' | 'info';
  title?: string;
  children?: ReactNode;
}) {
  return (
    <div className={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      {title !== undefined && <p className="notice-title">{title}</p>}
      {children}
    </div>
  );
}
