/** `detent machine send`: an event. */
import { Option, type Command } from "commander";
import { enqueueEvent, sendEvent } from "../../events.ts";
import { answeredNo, usage } from "../../failure.ts";
import { collect, readJsonFlag, readPairs } from "../../input.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { readWhole } from "../../options.ts";
import { formatReceipt } from "../../receipts.ts";
import { toPrintable } from "../../table.ts";

interface CreationFlags {
  readonly createIfMissing?: boolean;
  readonly version?: string;
  readonly state?: string;
  readonly machineData?: string;
  readonly label?: readonly string[];
}

interface SendFlags extends CreationFlags {
  readonly data?: string;
  readonly details?: string;
  readonly eventId?: string;
  readonly expectedState?: string;
  readonly expectedRevision?: number;
  readonly dryRun?: boolean;
  readonly async?: boolean;
}

export function addSendEvent(machine: Command, runner: Runner): void {
  addLeaf<SendFlags>(machine, runner, {
    name: "send <machine> <event>",
    summary: "send an event to a machine, and print the receipt",
    description: `Sends an event to a machine, and prints the receipt. A refusal is a receipt, too: it is printed with its reason and with what
the machine would take instead, and the exit code is 1.

The event has an id, which makes it safe to send again: when the answer is lost, it is sent again with the same id and
applied once. Give --event-id to be safe beyond this command, too.`,
    examples: [
      ["machine send orders/order-1 ship", "what became of it: from, to, revision"],
      [`machine send orders/order-1 ship --data '{"weight": 2}' --event-id e-7`, "with data, and an id of your own"],
      ["machine send orders/order-1 ship --dry-run", "what would become of it"],
      ["machine send orders/order-1 accept --create-if-missing --version v3", "creates the machine if there is none"],
      ["machine send orders/order-1 ship --async", "through the queue: prints the event id"],
    ],
    json: "the receipt, as `SendEvent` answers it or the problem has it; with `--async` the 202 answer of `SendEvent`",
    options: (command) =>
      command
        .option("--data <json>", "the event's data: JSON, or @file")
        .option("--details <text>", "a remark, which the history keeps")
        .option("--event-id <id>", "its id (a UUID)")
        .option("--expected-state <state>", "only if the machine is in this state")
        .option("--expected-revision <n>", "only if the machine has this revision", readWhole)
        .addOption(new Option("--dry-run", "change nothing: say what would become of it").conflicts("async"))
        .option("--async", "leave it to the events queue, and do not wait")
        .option("--create-if-missing", "create the machine if there is none")
        .option("--version <version>", "of a machine that is created: its configuration's version (v1)")
        .option("--state <state>", "of a machine that is created: the state it begins in")
        .option("--machine-data <json>", "of a machine that is created: its data, JSON or @file")
        .option("--label <key=value>", "of a machine that is created: a label; may be repeated", collect),
    run: async ({ output, door, flags }, name = "", event = "") => {
      // A variable of a script that is empty by mistake: without an id of its own it would be another event each time.
      if (flags.eventId === "") throw usage("--event-id is empty");
      const body = {
        event,
        event_id: flags.eventId,
        data: await readJsonFlag("--data", flags.data),
        details: flags.details,
        expected_state: flags.expectedState,
        expected_revision: flags.expectedRevision,
        create_if_missing: await readCreation(flags),
      };
      if (flags.async === true) {
        const enqueued = await enqueueEvent(await door(), name, body);
        output.data(enqueued, () => toPrintable(enqueued.event_id));
        output.say("the queue has it; what becomes of it: detent events get MACHINE EVENT_ID");
        return;
      }
      const receipt = await sendEvent(await door(), name, body, flags.dryRun === true ? { dry_run: "true" } : {});
      output.data(receipt, () => formatReceipt(receipt));
      if (receipt.reason !== undefined) throw answeredNo();
    },
  });
}

async function readCreation(flags: CreationFlags): Promise<object | undefined> {
  const { createIfMissing, version, state, machineData, label } = flags;
  const given = { version, state, machineData, label };
  if (createIfMissing !== true) {
    const [about] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
    if (about === undefined) return undefined;
    const option = about === "machineData" ? "machine-data" : about;
    throw usage(`--${option} is about a machine that is created: it needs --create-if-missing`);
  }
  const data = await readJsonFlag("--machine-data", machineData);
  return { version, state, data, labels: readPairs("--label", label) };
}
