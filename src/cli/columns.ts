import type { Paint, Style } from "./io.js";
import { wrap } from "./wrap.js";

export interface Column {
  readonly title: string;
  /** Numbers line up at their end. */
  readonly right?: boolean;
}
export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
}
export interface Layout {
  readonly paint: Paint;
  /** The last column is wrapped to it, where that leaves it room to read. Default: as long as it is. */
  readonly width?: number | undefined;
}

const GAP = "  ",
  ROOM = 20;

/**
 * Rows under their titles, in columns as wide as what they hold; a column that holds nothing is left out. One string
 * per row, line ends included.
 */
export function* inColumns(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { paint, width = Number.POSITIVE_INFINITY }: Layout,
): Generator<string> {
  const used = columns.flatMap(({ title, right = false }, i) => {
    // A spread would put a long table onto the stack.
    const widest = rows.reduce((most, row) => Math.max(most, row[i]!.text.length), 0);
    return widest === 0 ? [] : [{ i, right, title, width: Math.max(widest, title.length) }];
  });
  const last = used.at(-1)!,
    indent = used.reduce((sum, one) => sum + (one === last ? 0 : one.width + GAP.length), 0);
  const lastWidth = width - indent < ROOM ? Number.POSITIVE_INFINITY : width;
  const line = (cells: readonly Cell[]): string => {
    const filled = used.slice(0, used.findLastIndex(({ i }) => cells[i]!.text !== "") + 1);
    const parts = filled.map((column, at) => {
      const { text, style } = cells[column.i]!;
      const padded = column.right
        ? text.padStart(column.width)
        : column === last
          ? wrap(text, indent, lastWidth)
          : text.padEnd(at + 1 === filled.length ? 0 : column.width);
      return style === undefined || text === "" ? padded : paint(style, padded);
    });
    return `${parts.join(GAP)}\n`;
  };
  yield line(columns.map(({ title }) => ({ text: title, style: "dim" })));
  for (const row of rows) yield line(row);
}
