/** Answers that stream, line by line. */
import { EXIT, Failure } from "./failure.ts";

/**
 * The lines of a body, without their ends; what comes behind the last end is no line, since it may have been cut off. Throws a
 * Failure where the connection breaks.
 */
export async function* readLines(response: Response, onChunk: () => void = () => undefined): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = "";
  try {
    for (;;) {
      const { done, value = "" } = await readChunk(reader);
      if (done) return;
      onChunk();
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    }
  } finally {
    // Whoever reads no further closes the connection, whatever state it is in.
    await reader.cancel().catch(() => undefined);
  }
}

async function readChunk(reader: ReadableStreamDefaultReader<string>) {
  try {
    return await reader.read();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`the connection broke: ${(error as Error).message}`, EXIT.unavailable);
  }
}
