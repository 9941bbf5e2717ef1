import type { GroupSummary } from './group-summary.ts';
import { plotName, stripPlot } from './plot.ts';
import { plotPng } from './plot-png.ts';

export interface PlotFile {
  name: string;
  data: string | Uint8Array;
}

/** What `plotFiles` writes. */
export const isPlotFile = (name: string): boolean => /^plot-\d+-.*\.(svg|png)$/.test(name);

/** The plot of each measure as SVG and as PNG. */
export async function* plotFiles(summary: GroupSummary): AsyncGenerator<PlotFile> {
  for (const [i, measure] of summary.measures.entries()) {
    const name = plotName(measure, i);
    yield { name: `${name}.svg`, data: `${stripPlot(summary, measure, { name, standalone: true })}\n` };
    const png = await plotPng(summary, measure);
    if (png !== undefined) yield { name: `${name}.png`, data: png };
  }
}
