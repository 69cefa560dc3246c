import { printableText } from '../document/printable-text.ts';

/** Size of every chart in points: the text width of an A4 page. */
export const chartWidth = 482;
/** Height in points. */
export const chartHeight = 190;

/** Inner area for the data. */
export const plotArea = { left: 46, right: 470, top: 20, bottom: 156 } as const;

/** Colours of the charts; each is also told apart by its shape. */
export const chartColours = {
  ink: '#1c2733',
  muted: '#5c6873',
  grid: '#e4e8ec',
  data: '#1d5c8f',
  band: '#a9c7df',
  mark: '#a63d2f',
  shade: '#f6ecd9',
} as const;

function escapeXml(text: string): string {
  return printableText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A coordinate with two decimals at most, so that files stay small and the same everywhere. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A point of a chart, in points of the page. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** Text of a chart. */
export function svgText(
  place: Place,
  text: string,
  style: {
    readonly anchor?: 'start' | 'middle' | 'end';
    readonly colour?: string;
    readonly isBold?: boolean;
    /** White around the letters, so that they can be read over lines. */
    readonly hasHalo?: boolean;
  } = {},
): string {
  const [x, y] = [coordinate(place.x), coordinate(place.y)];
  const weight = style.isBold === true ? ' font-weight="bold"' : '';
  const fill = style.colour ?? chartColours.ink;
  const head = `<text x="${x}" y="${y}" text-anchor="${style.anchor ?? 'start'}"${weight}`;
  const words = `${escapeXml(text)}</text>`;
  const halo = `${head} fill="white" stroke="white" stroke-width="3" stroke-linejoin="round">${words}`;
  return `${style.hasHalo === true ? halo : ''}${head} fill="${fill}">${words}`;
}

/** A straight line. */
export function svgLine(
  from: Place,
  to: Place,
  style: { readonly colour: string; readonly strokePt?: number; readonly dashes?: string },
): string {
  const dashes = style.dashes === undefined ? '' : ` stroke-dasharray="${style.dashes}"`;
  return `<line x1="${coordinate(from.x)}" y1="${coordinate(from.y)}" x2="${coordinate(to.x)}" y2="${coordinate(to.y)}" stroke="${style.colour}" stroke-width="${style.strokePt ?? 0.6}"${dashes}/>`;
}

/** A filled box over the whole height of the plot. */
export function svgShade(fromX: number, toX: number, colour: string): string {
  const { top, bottom } = plotArea;
  return `<rect x="${coordinate(fromX)}" y="${top}" width="${coordinate(Math.max(0.5, toX - fromX))}" height="${bottom - top}" fill="${colour}"/>`;
}

/** A path, stroked or filled. */
export function svgPath(
  data: string,
  style: { readonly stroke?: string; readonly fill?: string; readonly strokePt?: number },
): string {
  return `<path d="${data}" fill="${style.fill ?? 'none'}" stroke="${style.stroke ?? 'none'}" stroke-width="${style.strokePt ?? 1}" stroke-linejoin="round"/>`;
}

/** A dot that marks a value. */
export function svgDot(place: Place): string {
  return `<circle cx="${coordinate(place.x)}" cy="${coordinate(place.y)}" r="2.4" fill="white" stroke="${chartColours.mark}" stroke-width="1.2"/>`;
}

/** The whole picture. */
export function svgChart(parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${chartWidth} ${chartHeight}" font-family="Libertinus Serif" font-size="8.5">${parts.join('')}</svg>`;
}
