import type { GroupSummary } from '../../functions/report/group-summary.ts';
import { shownNumber } from '../../functions/report/markup.ts';
import type { Measure } from '../../functions/report/measures.ts';
import { Scroller } from '../components/scroller.tsx';
import { strings } from '../strings.ts';

const columns = ['n', 'mean', 'sd', 'median', 'min', 'max'] as const;

/** The numbers of one measure of each condition. */
export function ConditionsTable({ summary, measure }: { summary: GroupSummary; measure: Measure }) {
  const { groups } = summary;
  return (
    <Scroller box={null} className="conditions-scroll" label={measure.title}>
      <table className="conditions-table" aria-label={measure.title}>
        <thead>
          <tr>
            <th scope="col">{strings.comparison.condition}</th>
            {columns.map((name) => (
              <th scope="col" key={name}>
                {strings.comparison.statistics[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map(({ condition, values }) => {
            const { statistics } = values.get(measure.key)!;
            return (
              <tr key={condition}>
                <th scope="row">{condition}</th>
                {columns.map((name) => (
                  <td key={name}>{shownNumber(statistics[name])}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroller>
  );
}
