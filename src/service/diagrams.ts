/** Use cases: a configuration as a picture or as text, and a machine on it. */
import { renderMermaid } from "../diagram/mermaid.ts";
import type { Marks } from "../diagram/graph.ts";
import { renderSvg } from "../diagram/svg.ts";
import { loadConfiguration } from "../engine/compile-configuration.ts";
import { configIdOf, type ConfigurationSource } from "../engine/configuration.ts";
import { clip } from "../engine/names.ts";
import { invalid } from "../errors.ts";
import { askMachine } from "./ask-machine.ts";
import { findStored } from "./configurations.ts";
import type { Principal } from "../auth/principal.ts";
import { requireScope } from "../auth/scope.ts";
import type { House } from "./house.ts";
import { addressOf } from "./machines.ts";

/** An SVG document, or the text of a mermaid state diagram. */
export type DiagramFormat = "svg" | "mmd";

export interface MachineName {
  readonly configuration: string;
  readonly id: string;
}

/** A diagram that is yet to be drawn: whoever has the one of this revision does without. */
export interface MachineDiagram {
  readonly revision: number;
  draw(): string;
}

/** A stored configuration. */
export async function drawConfiguration(
  house: House,
  principal: Principal,
  configId: string,
  format: DiagramFormat,
): Promise<string> {
  const stored = await findStored(house, principal, configId);
  return draw(stored.source, format);
}

/** A machine: its configuration with its state, and the transitions that its newest 1,000 changes took. */
export async function drawMachine(
  house: House,
  principal: Principal,
  { configuration, id }: MachineName,
  format: DiagramFormat,
): Promise<MachineDiagram> {
  const address = addressOf(principal, configuration, id);
  const path = await askMachine(house, address, (machine) => machine.path(address));
  const marks = { current: path.state, taken: path.taken };
  return { revision: path.revision, draw: () => draw(path.source, format, { id, marks }) };
}

export interface GetDiagramInput {
  readonly configId?: string | undefined;
  readonly machine?: MachineName | undefined;
  /** `svg` when empty. */
  readonly format: string;
}

/** Either of the two. */
export async function getDiagram(house: House, principal: Principal, input: GetDiagramInput): Promise<string> {
  const { configId, machine, format = "svg" } = { ...input, format: input.format || undefined };
  if (format !== "svg" && format !== "mmd") {
    const message = 'format must be "svg" or "mmd"';
    throw invalid([{ pointer: "/format", rule: "one_of", message, value: clip(format) }]);
  }
  requireScope(principal, machine === undefined ? "configurations:read" : "machines:read");
  if (machine !== undefined) return (await drawMachine(house, principal, machine, format)).draw();
  if (configId !== undefined) return await drawConfiguration(house, principal, configId, format);
  const message = "a configuration or a machine is required: it is what is drawn";
  throw invalid([{ pointer: "/config_id", rule: "required", message }]);
}

function draw(source: string, format: DiagramFormat, machine?: { readonly id: string; readonly marks: Marks }): string {
  const configuration = loadConfiguration(JSON.parse(source) as ConfigurationSource);
  if (format === "mmd") return renderMermaid(configuration, machine?.marks);
  const configId = configIdOf(configuration.name, configuration.version);
  const title = machine === undefined ? configId : `${machine.id} (${configId})`;
  return renderSvg(configuration, title, { marks: machine?.marks });
}
