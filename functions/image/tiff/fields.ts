import { Failure } from '../../core/errors.ts';
import type { Directory, Format } from './directory.ts';
import { numbers, rawBytes, text } from './field-values.ts';
import { tagName } from './tags.ts';
import type { Window } from './window.ts';

/** Fields of one directory, by tag. A missing one without a default is imageBroken. */
export interface Fields {
  has(tag: number): boolean;
  /** Its values, the first `most` of them. */
  list(tag: number, most?: number): Promise<Float64Array | undefined>;
  /** How many values it has; 0 where it is absent. */
  count(tag: number): number;
  /** A whole number of 0 or more. */
  whole(tag: number, otherwise?: number): Promise<number>;
  text(tag: number): Promise<string | undefined>;
  bytes(tag: number): Promise<Uint8Array | undefined>;
}

export function fieldsOf(window: Window, format: Format, directory: Directory): Fields {
  return {
    has: (number) => directory.fields.has(number),
    count: (number) => directory.fields.get(number)?.count ?? 0,
    async list(number, most = Number.POSITIVE_INFINITY) {
      const field = directory.fields.get(number);
      return field && (await numbers(window, format, field, most));
    },
    async whole(number, otherwise) {
      const field = directory.fields.get(number);
      if (field === undefined) {
        if (otherwise !== undefined) return otherwise;
        throw new Failure('imageBroken', {
          detail: `${tagName(number)} is missing in the directory at byte ${directory.offset}`,
        });
      }
      const value = (await numbers(window, format, { ...field, count: Math.min(field.count, 1) }))[0];
      if (value === undefined || !Number.isSafeInteger(value) || value < 0)
        throw new Failure('imageBroken', { detail: `${tagName(number)} is ${value ?? 'empty'}` });
      return value;
    },
    async text(number) {
      const field = directory.fields.get(number);
      return field && (await text(window, field));
    },
    async bytes(number) {
      const field = directory.fields.get(number);
      return field && (await rawBytes(window, field));
    },
  };
}
