/** A table whose rest is shown when it is asked for: five thousand rows are seldom read, and take a while to be made. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../ui/button.tsx";
import { formatCount } from "../../ui/number-text.ts";
import { Table, type Column } from "../../ui/table.tsx";

interface LongTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** How many are shown at first. */
  readonly limit?: number;
}

export function LongTable<Row>({ rows, limit = 50, ...table }: LongTableProps<Row>): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && rows.length > limit;
  return (
    <>
      <Table {...table} rows={isCut ? rows.slice(0, limit) : rows} />
      {isCut && (
        <div class="row">
          <Button onClick={() => setWhole(true)}>Show all {formatCount(rows.length)}</Button>
          <span class="faint">The first {formatCount(limit)} are shown.</span>
        </div>
      )}
    </>
  );
}
