/** Where a text goes that a command has made: to stdout, or into the file of `--output`. */
import { writeFile } from "node:fs/promises";
import { usage } from "./failure.ts";
import type { Output } from "./output.ts";

/** Prints a text, or writes it to a file; with --json `value` is printed, or the file is named. */
export async function deliverFile(
  output: Output,
  file: string | undefined,
  text: string,
  value: object,
): Promise<void> {
  if (file === undefined || file === "-") {
    if (output.isJson) output.data(value, () => "");
    else output.raw(text);
    return;
  }
  await writeText(file, text);
  if (output.isJson) output.data({ file }, () => "");
  output.say(`written: ${file}`);
}

/** Writes a file, in place of one that is there. Throws where that cannot be. */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw usage(`${file} cannot be written: ${(error as Error).message}`);
  }
}
