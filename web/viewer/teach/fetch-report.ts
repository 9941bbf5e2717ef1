import { ServiceError } from '../../../client/service-error.ts';

/** A page without its style element, and what that says. */
export interface ReportPage {
  html: string;
  style: string;
}

/** Reads the report of a training, as functions/report/page-head.ts begins it, from its signed address. Throws ServiceError. */
export async function fetchReport(url: string): Promise<ReportPage> {
  const answer = await fetch(url).catch((cause: unknown) => {
    throw new ServiceError(0, {}, { cause });
  });
  if (!answer.ok) throw new ServiceError(answer.status);
  const text = await answer.text();
  const [whole = '', style = ''] = /<style>(.*?)<\/style>/s.exec(text) ?? [];
  return { html: text.replace(whole, ''), style };
}
