import { useEffect, useSyncExternalStore } from 'react';
import { strings } from './strings.ts';

let current = '';
const listeners = new Set<() => void>();

/** Names the screen that is shown, for the title of the document. */
export function useScreenTitle(name: string | undefined): void {
  useEffect(() => {
    if (name === undefined || name === current) return;
    current = name;
    for (const listener of listeners) listener();
  }, [name]);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The name of the screen that is shown; '' before the first. */
export const useShownScreen = (): string => useSyncExternalStore(subscribe, () => current);

/** What a tab shows: news of a job first, then the screen, unless the news names it, then the product. */
export const documentTitle = (news: string | undefined, screen: string): string =>
  [news, news?.endsWith(` ${screen}`) === true ? '' : screen, strings.product]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
