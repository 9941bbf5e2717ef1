/** Seeded synthetic fluorescence nuclei, for the samples and for tests and benchmarks that need images of any size. */

/** mulberry32 (public domain, Tommy Ettinger): uniform in [0, 1), the same on every machine. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Scene {
  height: number;
  width: number;
  /** Nuclei; fewer where there is no room. */
  nuclei: number;
  /** Mean radius in pixels. */
  radius: number;
  seed: number;
  /** 0..1: how far out of focus; dims and blurs. */
  defocus?: number;
}

/** Ellipses with soft edges over an uneven background, with camera offset and noise, 16-bit. Rows x columns, row-major. */
export function nucleiImage({ height, width, nuclei, radius, seed, defocus = 0 }: Scene): Uint16Array {
  const uniform = random(seed);
  const signal = new Float32Array(height * width);
  const soft = 1.2 + 5 * defocus;
  for (let n = 0; n < nuclei; n++) {
    const y = uniform() * height;
    const x = uniform() * width;
    const a = radius * (0.75 + 0.6 * uniform());
    const b = a * (0.65 + 0.35 * uniform());
    const turn = uniform() * Math.PI;
    const light = (2500 + 9000 * uniform()) * (1 - 0.75 * defocus);
    const reach = Math.ceil(a + 4 * soft);
    const cos = Math.cos(turn);
    const sin = Math.sin(turn);
    for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(height, y + reach); row++) {
      for (let column = Math.max(0, Math.floor(x - reach)); column < Math.min(width, x + reach); column++) {
        const u = (cos * (column - x) + sin * (row - y)) / a;
        const v = (cos * (row - y) - sin * (column - x)) / b;
        const outside = (Math.hypot(u, v) - 1) * b; // pixels beyond the rim
        const value = light / (1 + Math.exp(outside / (soft / 2)));
        const at = row * width + column;
        if (value > signal[at]!) signal[at] = value;
      }
    }
  }
  const image = new Uint16Array(height * width);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      const background = 300 + 150 * Math.sin((3 * row) / height) + 100 * Math.cos((2 * column) / width);
      const expected = background + signal[at]!;
      // Shot noise as a normal of the same variance (sum of four uniforms), plus read noise of 12 counts.
      const normal = (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
      image[at] = Math.max(0, Math.min(65535, Math.round(expected + normal * Math.sqrt(expected + 144))));
    }
  }
  return image;
}
