import type { GroupSummary } from '../../functions/report/group-summary.ts';
import type { Measure } from '../../functions/report/measures.ts';
import { plotInWords, plotName, stripPlot } from '../../functions/report/plot.ts';
import { strings } from '../strings.ts';

/** One measure of each condition, as the report draws it; the file is that very drawing. */
export function ConditionsPlot({ summary, measure }: { summary: GroupSummary; measure: Measure }) {
  const name = plotName(measure, summary.measures.indexOf(measure));
  const svg = stripPlot(summary, measure, { name, standalone: true });
  const url = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  return (
    <figure className="conditions-plot">
      <img src={url} alt={`${measure.title}. ${plotInWords(summary, measure)}`} />
      <figcaption>
        <a href={url} download={`${name}.svg`}>
          {strings.comparison.download}
        </a>
      </figcaption>
    </figure>
  );
}
