import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OneTimeStore } from '../../functions/ports/one-time-store.ts';

export interface OneTimeWorld {
  store: OneTimeStore;
  pass(seconds: number): void;
  close(): Promise<void>;
}

/** Every promise of ports/one-time-store. `open` gives an empty one. */
export const oneTimeStoreContract = (adapter: string, open: () => Promise<OneTimeWorld>) =>
  describe(`OneTimeStore on ${adapter}`, () => {
    let world: OneTimeWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    it('gives a value once', async () => {
      const { store } = world;
      await store.put('begun', 'a', '{"who":"Größe"}', 60);
      expect(await store.take('begun', 'a')).toBe('{"who":"Größe"}');
      expect(await store.take('begun', 'a')).toBeUndefined();
    });

    it('gives it to one of many who ask at once', async () => {
      const { store } = world;
      await store.put('code', 'a', 'value', 60);
      const taken = await Promise.all(Array.from({ length: 8 }, () => store.take('code', 'a')));
      expect(taken.filter((value) => value !== undefined)).toEqual(['value']);
    });

    it('tells kinds and secrets apart', async () => {
      const { store } = world;
      await store.put('begun', 'a', 'of a', 60);
      expect(await store.take('code', 'a')).toBeUndefined();
      expect(await store.take('begun', 'b')).toBeUndefined();
      expect(await store.take('begun', 'a')).toBe('of a');
    });

    it('gives nothing when its time is over', async () => {
      const { store, pass } = world;
      await store.put('code', 'a', 'value', 60);
      await store.put('code', 'b', 'value', 61);
      pass(60);
      expect(await store.take('code', 'a')).toBeUndefined();
      expect(await store.take('code', 'b')).toBe('value');
    });
  });
