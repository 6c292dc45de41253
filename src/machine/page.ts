/** Pages of rows, bounded by count and by bytes: a thousand events may carry 64 MB, a call to an object 32 MiB. */
import type { ListCall, Page } from "./calls.ts";

/** Well under what a call and the object's memory can hold; a page may be shorter than asked. */
const BYTES_PER_PAGE = 4 * 1024 * 1024;
/** Rows read at a time, so that no more than a page and a chunk are ever in memory. */
const ROWS_PER_READ = 50;

interface Source<Row, Item> {
  readonly list: (order: ListCall["order"], after: number | undefined, limit: number) => Row[];
  /** The position of a row, from which the next page goes on. */
  readonly keyOf: (row: Row) => number;
  /** UTF-16 units of the row's open-ended columns. */
  readonly sizeOf: (row: Row) => number;
  readonly itemOf: (row: Row) => Item;
}

/** At least one row where there is one; `next` where there are more. */
export function readPage<Row, Item>(
  call: ListCall,
  source: Source<Row, Item>,
  bytesPerPage = BYTES_PER_PAGE,
): Page<Item> {
  const items: Item[] = [];
  let bytes = 0;
  let last = call.after;
  for (;;) {
    const rows = source.list(call.order, last, ROWS_PER_READ);
    for (const row of rows) {
      bytes += source.sizeOf(row);
      const isFull = items.length === call.limit || (items.length > 0 && bytes > bytesPerPage);
      if (isFull) return last === undefined ? { items } : { items, next: last };
      items.push(source.itemOf(row));
      last = source.keyOf(row);
    }
    if (rows.length < ROWS_PER_READ) return { items };
  }
}
