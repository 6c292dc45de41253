/** `detent machine watch`: a machine's changes as they happen. */
import { InvalidArgumentError, type Command } from "commander";
import type { MachineAnswer } from "../../answers.ts";
import { EXIT, Failure } from "../../failure.ts";
import { machinePath } from "../../input.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { Patience } from "../../patience.ts";
import { formatChange } from "../../receipts.ts";
import { toPrintable } from "../../table.ts";
import { watchChanges } from "../../watching.ts";

interface WatchFlags {
  readonly afterRevision?: number;
  readonly until?: string;
}

export function addWatch(machine: Command, runner: Runner): void {
  addLeaf<WatchFlags>(machine, runner, {
    name: "watch <machine>",
    summary: "print each change of a machine as it happens",
    description: `Prints each change of a machine as it happens, until the machine is deleted (exit code 0) or you end it (130). When the
connection breaks, or the service restarts, it goes on behind the last change: none is missed, and none is told twice.

With --until it ends with 0 when the machine is in that state (at once where it is already, unless --after-revision says from where
to look), and with 1 when the machine is deleted before.`,
    examples: [
      ["machine watch orders/order-1", "from now on"],
      ["machine watch orders/order-1 --after-revision -1", "from its creation on"],
      ["machine watch orders/order-1 --until shipped && deploy", "waits for a state"],
      ["machine watch orders/order-1 --json | jq --unbuffered .transition", "a line of JSON for each change"],
    ],
    json: "a line for each change: an entry of the history as `WatchMachine` tells it, with the kinds `creation` and `deletion`, too",
    options: (command) =>
      command
        .option("--after-revision <n>", "begin behind this revision; -1: with the creation (now)", readRevision)
        .option("--until <state>", "end when the machine is in this state"),
    run: async ({ output, door, flags, signal }, name = "") => {
      const { until } = flags;
      const path = machinePath(name);
      const service = await door();
      const patience = new Patience(output, signal);
      let after = flags.afterRevision;
      if (after === undefined && until !== undefined) {
        // Between a look and a watch from now on it could get there unseen.
        const { state, revision } = (await service.get<MachineAnswer>(path)).statemachine;
        patience.reset();
        if (state === until) {
          output.say(toPrintable(`it is in ${state}, revision ${revision}`));
          return;
        }
        after = revision;
      }
      for await (const change of watchChanges(service, path, after, patience)) {
        output.item(change, () => formatChange(change));
        if (change.kind === "deletion") {
          if (until === undefined) return;
          throw new Failure(`it was deleted, and was not in ${until} before`, EXIT.no);
        }
        if (change.transition.to === until) return;
      }
    },
  });
}

function readRevision(text: string): number {
  if (!/^(?:-1|\d{1,15})$/.test(text)) throw new InvalidArgumentError("it is a revision, or -1.");
  return Number(text);
}
