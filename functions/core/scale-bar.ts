/** CSS pixels that the bar of the viewer has at most. */
const usualLongest = 160;

/**
 * A bar of a round length: its pixels on the screen (or of a picture) and micrometres. `micrometres`: of one pixel of the image;
 * `scale`: pixels of the screen for one of the image; `longest`: pixels of the screen that it has at most.
 */
export function scaleBar(
  micrometres: number,
  scale: number,
  longest = usualLongest,
): { pixels: number; micrometres: number } {
  const most = (longest * micrometres) / scale;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [5, 2, 1].find((each) => each * power <= most) ?? 1;
  return { pixels: (step * power * scale) / micrometres, micrometres: step * power };
}

/** `20 µm`, `500 nm`, `2 mm`. */
export function lengthInWords(micrometres: number): string {
  if (micrometres >= 1000) return `${Number((micrometres / 1000).toPrecision(3))} mm`;
  return micrometres < 1
    ? `${Number((micrometres * 1000).toPrecision(3))} nm`
    : `${Number(micrometres.toPrecision(3))} µm`;
}
