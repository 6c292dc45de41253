/** Diagrams as files and in a terminal: drawn here, by what draws them in the service. */
import type { Command } from "commander";
import type { Marks } from "../diagram/graph.ts";
import { renderMermaid } from "../diagram/mermaid.ts";
import { renderOutline } from "../diagram/outline.ts";
import { renderSvg } from "../diagram/svg.ts";
import type { Configuration } from "../engine/configuration.ts";
import { deliverFile } from "./delivery.ts";
import { usage } from "./failure.ts";
import type { Output } from "./output.ts";

const FORMATS = ["text", "mmd", "svg"] as const;

export type DiagramFormat = (typeof FORMATS)[number];

/** The flags that say how a diagram is wanted. */
export interface DiagramFlags {
  readonly format?: string;
  readonly output?: string;
}

/** Adds `--format` and `--output`. */
export function addDiagramOptions(command: Command): Command {
  return command
    .option("--format <format>", "text, mmd or svg (the ending of the file; text)")
    .option("-o, --output <file>", "write it to a file");
}

/** What `--format` says, else the ending of the file, else text. Throws where it is no format. */
export function readFormat({ format, output }: DiagramFlags): DiagramFormat {
  const [, ending = "text"] = /\.(\w+)$/.exec(output ?? "") ?? [];
  const wanted = format ?? (ending === "txt" ? "text" : ending);
  const found = FORMATS.find((each) => each === wanted);
  if (found === undefined) throw usage(`"${wanted}" is no format of a diagram`, `there are ${FORMATS.join(", ")}`);
  return found;
}

/** Draws a configuration, or a machine on it. */
export function draw(configuration: Configuration, title: string, format: DiagramFormat, marks?: Marks): string {
  if (format === "svg") return renderSvg(configuration, title, { marks });
  return format === "mmd" ? renderMermaid(configuration, marks) : renderOutline(configuration, marks);
}

/** Prints a diagram, or writes it to the file of `--output`. */
export async function deliver(
  output: Output,
  flags: DiagramFlags,
  format: DiagramFormat,
  diagram: string,
): Promise<void> {
  await deliverFile(output, flags.output, diagram, { format, diagram });
}
