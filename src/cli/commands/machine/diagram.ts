/** `detent machine diagram`: where a machine is, and the way it has come. */
import type { Command } from "commander";
import type { Marks } from "../../../diagram/graph.ts";
import { loadConfiguration } from "../../../engine/compile-configuration.ts";
import type { HistoryEntry, MachineAnswer, Page } from "../../answers.ts";
import { fetchConfiguration } from "../../configurations.ts";
import { addDiagramOptions, deliver, draw, readFormat, type DiagramFlags } from "../../diagram.ts";
import type { Door } from "../../door.ts";
import { machinePath } from "../../input.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { readPages } from "../../pages.ts";

/** As many of its newest changes as the service marks in its diagrams. */
const CHANGES = 1_000;

export function addDiagram(machine: Command, runner: Runner): void {
  addLeaf<DiagramFlags>(machine, runner, {
    name: "diagram <machine>",
    summary: "draw a machine on its configuration: its state, and the way it has come",
    examples: [
      ["machine diagram orders/order-1", "an outline, in the terminal"],
      ["machine diagram orders/order-1 -o order-1.svg", "as a picture"],
      ["machine diagram orders/order-1 --format mmd", "as Mermaid"],
    ],
    json: '`{"format", "diagram"}`; with `-o` `{"file"}`',
    options: addDiagramOptions,
    run: async ({ output, door, flags }, name = "") => {
      const format = readFormat(flags);
      const service = await door();
      const path = machinePath(name);
      const diagram =
        format === "text" ? await drawOutline(service, path) : await service.getText(`${path}/diagram.${format}`);
      await deliver(output, flags, format, diagram);
    },
  });
}

async function drawOutline(door: Door, path: string): Promise<string> {
  const { statemachine } = await door.get<MachineAnswer>(path);
  const { config_id: configId, state, revision } = statemachine;
  const asked = { query: { order: "desc" }, most: CHANGES };
  const { history } = await readPages<Page & { readonly history: readonly HistoryEntry[] }>(
    door,
    `${path}/history`,
    "history",
    asked,
  );
  const marks: Marks = {
    current: state,
    taken: history
      .filter((entry) => entry.kind === "event" && entry.revision > revision - CHANGES && entry.revision <= revision)
      .map(({ transition }) => transition),
  };
  return draw(loadConfiguration(await fetchConfiguration(door, configId)), configId, "text", marks);
}
