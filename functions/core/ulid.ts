const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An identifier that orders by its time (github.com/ulid/spec). `now`: ms since 1970; `random`: 16 bytes, hard to guess. */
export function ulid(now: number, random: Uint8Array): string {
  let time = '';
  for (let left = now, i = 0; i < 10; i++, left = Math.floor(left / 32)) time = letters[left % 32]! + time;
  return time + Array.from(random.subarray(0, 16), (byte) => letters[byte % 32]!).join('');
}
