/** A stream of bytes as lines, one held at a time. Knows nothing of what is in them. */

/** A body has at most 1 MiB, and what a line asks for is sent as one. */
export const LONGEST_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export interface TextLine {
  /** Counted from 1, as editors do. */
  readonly number: number;
  /** Without the end of line; undefined where it is too long, of which nothing is kept. */
  readonly bytes: Buffer | undefined;
}

/**
 * The lines of a stream; the last one needs no end of line. A byte order mark in front is left out. Lines of more than
 * `longest` bytes are counted, not kept.
 */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  longest: number = LONGEST_LINE_BYTES,
): AsyncGenerator<TextLine> {
  let number = 0;
  let parts: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer): void => {
    size += part.byteLength;
    if (size <= longest) parts.push(part);
  };
  const end = (): TextLine => {
    number += 1;
    const whole = size > longest ? undefined : Buffer.concat(parts);
    [parts, size] = [[], 0];
    return { number, bytes: number === 1 && whole !== undefined ? withoutMark(whole) : whole };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, at));
      from = at + 1;
      yield end();
    }
    keep(chunk.subarray(from));
  }
  if (size > 0) yield end();
}

/** Whether there is nothing on the line but blanks. */
export function isBlank({ bytes }: TextLine): boolean {
  return bytes !== undefined && bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function withoutMark(line: Buffer): Buffer {
  return line.subarray(0, 3).equals(BYTE_ORDER_MARK) ? line.subarray(3) : line;
}
