import { InvalidArgumentError } from 'commander';

/** Parses the value of --url. */
export function serviceUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('the address of a service is needed, such as https://segment.example.org.');
  return text;
}
