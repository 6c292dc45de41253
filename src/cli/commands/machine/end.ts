/** `detent machine delete|erase`: a machine's end. */
import type { Command } from "commander";
import { machinePath, readMachineName } from "../../input.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { addExpectedRevision, toIfMatch } from "../../options.ts";
import { toPrintable } from "../../table.ts";

export function addEnd(machine: Command, runner: Runner): void {
  addLeaf<{ readonly expectedRevision?: number }>(machine, runner, {
    name: "delete <machine>",
    summary: "end a machine; its id stays taken for 30 days",
    examples: [
      ["machine delete orders/order-1", "whatever it is in"],
      ["machine delete orders/order-1 --expected-revision 7", "unless it has moved since"],
    ],
    json: '`{"machine": {"configuration", "id"}, "deleted": true}`',
    options: addExpectedRevision,
    run: async ({ output, door, flags }, name = "") => {
      // Not tried again: done already, the machine would be told as gone.
      await (await door()).call("DELETE", machinePath(name), toIfMatch(flags.expectedRevision));
      output.data({ machine: readMachineName(name), deleted: true }, () => `deleted: ${toPrintable(name)}`);
    },
  });

  addLeaf(machine, runner, {
    name: "erase <machine>",
    summary: "take a machine, alive or gone, out of everything that is kept",
    description: `Takes a machine, alive or gone, out of everything that is kept: its data, its history, lists, feeds, dead letters. There is no
way back. Where there is none, that is no error.`,
    examples: [["machine erase orders/order-1", "afterwards its id is free, and only the audit log knows of it"]],
    json: '`{"machine": {"configuration", "id"}, "erased": true}`',
    run: async ({ output, door }, name = "") => {
      await (await door()).post(`${machinePath(name)}/erase`, undefined, { isRepeatable: true });
      output.data({ machine: readMachineName(name), erased: true }, () => `erased: ${toPrintable(name)}`);
    },
  });
}
