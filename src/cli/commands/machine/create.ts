/** `detent machine create`. */
import type { Command } from "commander";
import { collect, readConfigId, readJsonFlag, readPairs } from "../../input.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { createMachine, nameOf } from "../../machines.ts";
import { toPrintable } from "../../table.ts";

interface CreateFlags {
  readonly id?: string;
  readonly state?: string;
  readonly data?: string;
  readonly label?: readonly string[];
}

export function addCreate(machine: Command, runner: Runner): void {
  addLeaf<CreateFlags>(machine, runner, {
    name: "create <config>",
    summary: "create a machine on a configuration",
    description: `Creates a machine on a configuration (orders:v3; without a version v1), and prints its name, CONFIGURATION/ID. When the
answer is lost it asks again, and gets the same machine.`,
    examples: [
      ["machine create orders:v3 --id order-1", "with an id of your own"],
      ["machine create orders:v3", "with a UUID; prints orders/UUID"],
      [`machine create orders:v3 --data '{"paid": false}' --label region=eu`, "with data and a label"],
      ["machine create orders:v3 --data @order.json", "with the data of a file (@-: of stdin)"],
    ],
    json: "the answer of `CreateMachine`",
    options: (command) =>
      command
        .option("--id <id>", "its id (a UUID)")
        .option("--state <state>", "the state it begins in (the configuration's starting state)")
        .option("--data <json>", "its data: JSON, or @file")
        .option("--label <key=value>", "a label; may be repeated", collect),
    run: async ({ output, door, flags }, config = "") => {
      const body = {
        config_id: readConfigId(config),
        id: flags.id,
        state: flags.state,
        data: await readJsonFlag("--data", flags.data),
        labels: readPairs("--label", flags.label),
      };
      const answer = await createMachine(await door(), body);
      output.data(answer, () => toPrintable(nameOf(answer)));
      output.say(toPrintable(`created, in ${answer.statemachine.state}`));
    },
  });
}
