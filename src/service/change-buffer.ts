/** Changes that were pushed and are not told yet: bounded, since a watcher may be slower than its machine. */
import type { HistoryItem } from "../machine/calls.ts";

/** Most watchers are never behind by more; the others read pages. */
const MOST_CHANGES = 256;
const MOST_BYTES = 1024 * 1024;

export class ChangeBuffer {
  #items: { readonly change: HistoryItem; readonly bytes: number }[] = [];
  #bytes = 0;

  /** Remembers a change. What is too much is forgotten altogether: whoever misses it reads it where it is kept. */
  push(change: HistoryItem, bytes: number): void {
    this.#items.push({ change, bytes });
    this.#bytes += bytes;
    if (this.#items.length <= MOST_CHANGES && this.#bytes <= MOST_BYTES) return;
    this.#items = [];
    this.#bytes = 0;
  }

  /** The change of this revision, if it is the next one here; what is older is dropped. */
  take(revision: number): HistoryItem | undefined {
    for (let first = this.#items[0]; first !== undefined && first.change.revision <= revision; first = this.#items[0]) {
      this.#items.shift();
      this.#bytes -= first.bytes;
      if (first.change.revision === revision) return first.change;
    }
    return undefined;
  }
}
