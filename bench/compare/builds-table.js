import { ratioOf } from './statistics.js';
import { shown } from './table.js';

const COLUMNS = [
  ['cpuMicroseconds', 'CPU, µs'],
  ['perSecond', 'requests/s'],
  ['p99', 'p99, ms'],
];

/** Of each operation: what a request costs, and how many times that of the base it is, with the least and the most of the rounds. */
export function buildsTable(results) {
  const lines = [
    ['operation', 'build', ...COLUMNS.flatMap(([, title]) => [title, '× base (spread)'])],
    ['---', '---', ...COLUMNS.flatMap(() => ['---:', '---:'])],
  ];
  for (const { name, servers, halfRate } of results) {
    const rows = [
      ...Object.entries(servers).map((entry) => [name, ...entry, servers.base]),
      ...Object.entries(halfRate).map((entry) => [`${name}, at half the rate`, ...entry, halfRate.base]),
    ];
    for (const [what, build, result, base] of rows) {
      const cells = COLUMNS.flatMap(([measure]) => {
        if (result[measure] === undefined) return ['', ''];
        if (build === 'base') return [shown(result[measure]), ''];
        const { median, least, most } = ratioOf(result, base, measure);
        return [shown(result[measure]), `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`];
      });
      lines.push([what, build, ...cells]);
    }
  }
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
