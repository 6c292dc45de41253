/** `detent machine label|migrate|override`: what is done to a machine by hand. */
import type { Command } from "commander";
import type { MachineAnswer } from "../../answers.ts";
import { usage } from "../../failure.ts";
import { collect, machinePath, readJsonFlag, readPairs } from "../../input.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { formatLabels, formatMachine } from "../../machines.ts";
import { addExpectedRevision, readWhole, toIfMatch } from "../../options.ts";
import { toPrintable } from "../../table.ts";

interface MigrateFlags {
  readonly stateMap?: readonly string[];
  readonly dryRun?: boolean;
  readonly expectedRevision?: number;
}

interface OverrideFlags {
  readonly comment: string;
  readonly expectedRevision: number;
  readonly data?: string;
}

export function addChange(machine: Command, runner: Runner): void {
  addLeaf<{ readonly expectedRevision?: number }>(machine, runner, {
    name: "label <machine> <labels...>",
    summary: "set labels of a machine (KEY=VALUE), and take them off (KEY-)",
    examples: [
      ["machine label orders/order-1 region=eu tier=gold", "sets two, leaves the others"],
      ["machine label orders/order-1 tier-", "takes one off"],
    ],
    json: "the answer of `UpdateLabels`",
    options: addExpectedRevision,
    run: async ({ output, door, flags }, name = "", ...labels) => {
      const call = { body: { labels: readLabels(labels) }, isRepeatable: true, ...toIfMatch(flags.expectedRevision) };
      const { body: answer } = await (await door()).call<MachineAnswer>("PATCH", machinePath(name), call);
      output.data(answer, () => toPrintable(formatLabels(answer.statemachine.labels)));
    },
  });

  addLeaf<MigrateFlags>(machine, runner, {
    name: "migrate <machine> <version>",
    summary: "move a machine to another version of its configuration",
    description: `Moves a machine to another version of its configuration. Its state keeps its name unless --state-map says what becomes of
it. A machine that has the version already is left as it is.`,
    examples: [
      ["machine migrate orders/order-1 v4 --dry-run", "what it would be then, or why not"],
      ["machine migrate orders/order-1 v4 --state-map pending=waiting", "with a state that has another name there"],
    ],
    json: "the answer of `MigrateMachine`",
    options: (command) =>
      addExpectedRevision(
        command
          .option("--state-map <from=to>", "what a state is called in that version; may be repeated", collect)
          .option("--dry-run", "change nothing: say what it would be"),
      ),
    run: async ({ output, door, flags }, name = "", version = "") => {
      const isDryRun = flags.dryRun === true;
      const body = { to: version, state_map: readPairs("--state-map", flags.stateMap) };
      const answer = await (
        await door()
      ).post<MachineAnswer>(`${machinePath(name)}/migrate`, body, {
        query: isDryRun ? { dry_run: "true" } : {},
        // Done already, it would be told that its revision is another.
        isRepeatable: isDryRun || flags.expectedRevision === undefined,
        ...toIfMatch(flags.expectedRevision),
      });
      output.data(answer, () => formatMachine(answer));
    },
  });

  addLeaf<OverrideFlags>(machine, runner, {
    name: "override <machine> <state>",
    summary: "put a machine into a state, whatever its transitions say",
    description: `Puts a machine into any state of its configuration, whatever its transitions say, with a comment that its history keeps. The
revision that you have seen has to be given: a machine that has moved since stays as it is.`,
    examples: [
      ['machine override orders/order-1 pending --expected-revision 7 --comment "paid by phone"', "its data stays"],
      [
        "machine override orders/order-1 pending --expected-revision 7 --comment fixed --data @data.json",
        "with other data",
      ],
    ],
    json: "the answer of `OverrideMachine`",
    options: (command) =>
      command
        .requiredOption("--expected-revision <n>", "the revision that the machine has", readWhole)
        .requiredOption("--comment <text>", "why; the history keeps it")
        .option("--data <json>", "data in place of the machine's: JSON, or @file"),
    run: async ({ output, door, flags }, name = "", state = "") => {
      const body = { state, comment: flags.comment, data: await readJsonFlag("--data", flags.data) };
      // Not tried again: done already, it would be told that its revision is another.
      const call = toIfMatch(flags.expectedRevision);
      const answer = await (await door()).post<MachineAnswer>(`${machinePath(name)}/override`, body, call);
      output.data(answer, () => formatMachine(answer));
    },
  });
}

function readLabels(operands: readonly string[]): Readonly<Record<string, string | null>> {
  const labels = operands.map((operand): [string, string | null] => {
    const at = operand.indexOf("=");
    if (at > 0) return [operand.slice(0, at), operand.slice(at + 1)];
    if (at < 0 && operand.length > 1 && operand.endsWith("-")) return [operand.slice(0, -1), null];
    throw usage(`a label is KEY=VALUE, or KEY- to take it off, not "${operand}"`);
  });
  return Object.fromEntries(labels);
}
