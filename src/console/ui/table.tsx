/** Rows and columns; where there is no room for them they scroll by themselves, with the keyboard, too. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Left out on a telephone. */
  readonly isMinor?: boolean;
  /** What the row is about: its heading. */
  readonly isHeading?: boolean;
}

interface TableProps<Row> {
  /** What it is a table of; heard, not seen. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Different for each row. */
  readonly keyOf: (row: Row) => string;
}

export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const scrolls = useScrolls(frame, rows);
  return (
    <div class="scroller" ref={frame} {...(scrolls && { tabIndex: 0, role: "region", "aria-label": caption })}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) =>
                column.isHeading ? (
                  <th key={column.title} scope="row" class={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.title} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf({ isNumber, isMinor }: Pick<Column<never>, "isNumber" | "isMinor">): string | undefined {
  return [isNumber && "number", isMinor && "minor"].filter(Boolean).join(" ") || undefined;
}

/** Only what scrolls has to be reached by the keyboard. */
function useScrolls(frame: { readonly current: HTMLElement | null }, rows: readonly unknown[]): boolean {
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => setScrolls(current.scrollWidth > current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, [rows]);
  return scrolls;
}
