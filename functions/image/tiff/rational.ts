/** The fraction nearest to a positive value whose parts fit into 32 bits, by continued fractions. */
export function rational(exact: number): [numerator: number, denominator: number] {
  const most = 2 ** 32 - 1;
  let [numerator, before] = [1, 0];
  let [denominator, below] = [0, 1];
  let rest = exact;
  for (;;) {
    const whole = Math.floor(rest);
    const [up, down] = [whole * numerator + before, whole * denominator + below];
    if (!(up <= most && down <= most)) break;
    [before, below, numerator, denominator] = [numerator, denominator, up, down];
    // beyond a double's precision the terms are noise
    if (Math.abs(numerator / denominator - exact) <= exact * 2 ** -52 || rest === whole) break;
    rest = 1 / (rest - whole);
  }
  return denominator === 0 || numerator === 0
    ? [exact >= 1 ? most : 1, exact >= 1 ? 1 : most]
    : [numerator, denominator];
}
