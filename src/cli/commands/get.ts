/** `detent get`: one thing by its kind and id, as go-statemachine's command line has it. */
import type { Command } from "commander";
import { usage } from "../failure.ts";
import { machinePath, readConfigId, readMachineName } from "../input.ts";
import { addLeaf, type Runner } from "../leaf.ts";
import { toYaml } from "../table.ts";

/** The path of each kind, of the id that was typed. */
const PATHS: Readonly<Record<string, (id: string) => string>> = {
  Configuration: (id) => `/api/v1/configurations/${encodeURIComponent(readConfigId(id))}`,
  FiniteStateMachine: machinePath,
  EventOutcome: (id) => {
    const { configuration, id: eventId } = readMachineName(id);
    return `/api/v1/events/${encodeURIComponent(configuration)}/${encodeURIComponent(eventId)}`;
  },
};

export function addGet(program: Command, runner: Runner): void {
  addLeaf(program, runner, {
    name: "get <kind> <id>",
    summary: "show a configuration, a machine or what became of an event, as YAML",
    examples: [
      ["get Configuration orders:v1", "a configuration; without a version v1"],
      ["get FiniteStateMachine orders/order-1", "a machine"],
      ["get EventOutcome orders/e-1", "the receipt of an event, by configuration and event id"],
    ],
    json: "the answer of `GetConfiguration`, `GetMachine` or `FindEvent`",
    run: async ({ output, door }, typed = "", id = "") => {
      const kind = Object.keys(PATHS).find((each) => each.toLowerCase() === typed.toLowerCase());
      const path = kind === undefined ? undefined : PATHS[kind];
      if (path === undefined) throw usage(`"${typed}" is no kind`, `there are ${Object.keys(PATHS).join(", ")}`);
      const answer = await (await door()).get<object>(path(id));
      output.data(answer, () => toYaml(answer));
    },
  });
}
