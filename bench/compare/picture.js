// The comparison as a picture: for each operation one bar a server, as long as the requests that it answers a second.
const COLOURS = { ours: '#2f6f4f', anew: '#8fbfa5', limit: '#b8b8b8', apollo: '#c98a2b', postgraphile: '#3b6ea5' };
const LABELS = {
  ours: 'feedback-graph',
  anew: 'feedback-graph, response cache off',
  limit: 'ceiling: one bare process',
  apollo: 'Apollo Server with its defaults, same schema',
  postgraphile: 'PostGraphile on PostgreSQL',
};
const WIDTH = 860;
const LEFT = 20;
const BAR = 14;
const CHART = WIDTH - 2 * LEFT - 110;

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export function comparePicture({ environment: machine, entries, connections, results }) {
  const shapes = [];
  const text = (x, y, content, attributes = '') =>
    shapes.push(`<text x="${x}" y="${y}" ${attributes}>${escape(content)}</text>`);
  let y = 30;
  text(LEFT, y, 'Requests per second (each group has its own scale)', 'font-weight="bold" font-size="15"');
  y += 20;
  const about = `${entries.toLocaleString('en')} entries, ${connections} connections, servers on one core; ${machine.processor}, Node.js ${machine.node}`;
  text(LEFT, y, about, 'fill="#666"');
  y += 14;
  for (const [name, label] of Object.entries(LABELS)) {
    y += 18;
    shapes.push(`<rect x="${LEFT}" y="${y - 10}" width="12" height="12" fill="${COLOURS[name]}"/>`);
    text(LEFT + 20, y, label);
  }
  y += 12;
  for (const { name, servers } of results) {
    y += 30;
    text(LEFT, y, name, 'font-weight="bold"');
    const most = Math.max(...Object.values(servers).map(({ perSecond }) => perSecond));
    for (const server of Object.keys(LABELS).filter((each) => each in servers)) {
      const { perSecond } = servers[server];
      y += BAR + 4;
      const width = Math.max(1, (CHART * perSecond) / most).toFixed(1);
      shapes.push(`<rect x="${LEFT}" y="${y - BAR + 3}" width="${width}" height="${BAR}" fill="${COLOURS[server]}"/>`);
      const shown = perSecond >= 100 ? Math.round(perSecond).toLocaleString('en') : perSecond.toFixed(1);
      text(LEFT + Number(width) + 6, y, shown);
    }
  }
  const height = y + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}
