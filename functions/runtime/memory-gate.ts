/** Admits work in the order asked while its bytes fit the limit; work larger than the limit runs alone, never not at all. */
export function memoryGate(limit: number): (bytes: number) => Promise<() => void> {
  let used = 0;
  const waiting: { bytes: number; enter: () => void }[] = [];
  const admitNext = () => {
    for (let next = waiting[0]; next !== undefined && (used === 0 || used + next.bytes <= limit); next = waiting[0]) {
      waiting.shift();
      used += next.bytes;
      next.enter();
    }
  };
  return async (bytes) => {
    await new Promise<void>((enter) => {
      waiting.push({ bytes, enter });
      admitNext();
    });
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      used -= bytes;
      admitNext();
    };
  };
}
