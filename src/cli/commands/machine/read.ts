/** `detent machine get|history|allowed`: what one machine is, was, and would take. */
import { Option, type Command } from "commander";
import type { HistoryEntry, MachineAnswer, Page, Receipt } from "../../answers.ts";
import { machinePath } from "../../input.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { nameOf } from "../../machines.ts";
import { addLimitOption, readLimit, readWhole } from "../../options.ts";
import { readPages, tellOfMore } from "../../pages.ts";
import { formatTable, toPrintable, toYaml } from "../../table.ts";

interface HistoryFlags {
  readonly order: string;
  readonly limit: number;
  readonly refused?: boolean;
}

interface History extends Page {
  readonly history?: readonly HistoryEntry[];
  readonly receipts?: readonly Receipt[];
}

interface Allowed {
  readonly state: string;
  readonly revision: number;
  readonly events: readonly {
    readonly event: string;
    readonly allowed: string;
    readonly to?: string;
    readonly reason?: string;
  }[];
}

export function addRead(machine: Command, runner: Runner): void {
  addLeaf<{ readonly atRevision?: number }>(machine, runner, {
    name: "get <machine>",
    summary: "show a machine: state, data, labels, timers",
    examples: [
      ["machine get orders/order-1", "as YAML; its history has a command of its own"],
      ["machine get orders/order-1 --at-revision 3", "as it was"],
      ["machine get orders/order-1 --json | jq -r .statemachine.state", "in a script"],
    ],
    json: "the answer of `GetMachine`",
    options: (command) => command.option("--at-revision <n>", "as it was at this revision", readWhole),
    run: async ({ output, door, flags }, name = "") => {
      const query = { at_revision: flags.atRevision };
      const answer = await (await door()).get<MachineAnswer>(machinePath(name), query);
      output.data(answer, () => {
        const { history: _, history_next_page_token: _token, ...rest } = answer.statemachine as Record<string, unknown>;
        return toYaml({ machine: nameOf(answer), ...rest });
      });
    },
  });

  addLeaf<HistoryFlags>(machine, runner, {
    name: "history <machine>",
    summary: "list the changes of a machine, or the events it refused",
    examples: [
      ["machine history orders/order-1", "oldest first"],
      ["machine history orders/order-1 --order desc --limit 5", "the newest five"],
      ["machine history orders/order-1 --refused", "the events that it refused, and why"],
    ],
    json: "the answer of `ListHistory`, its pages as one",
    options: (command) =>
      addLimitOption(
        command
          .addOption(new Option("--order <order>", "oldest or newest first").choices(["asc", "desc"]).default("asc"))
          .option("--refused", "refused events, with their reasons"),
      ),
    run: async ({ output, door, flags }, name = "") => {
      const isRefused = flags.refused === true;
      const path = `${machinePath(name)}/history`;
      const query = { order: flags.order, ...(isRefused && { refused: "true" }) };
      const most = readLimit(flags);
      const found = await readPages<History>(await door(), path, isRefused ? "receipts" : "history", { query, most });
      output.data(found, () => (isRefused ? formatRefusals(found.receipts) : formatHistory(found.history)));
      tellOfMore(output, found);
    },
  });

  addLeaf(machine, runner, {
    name: "allowed <machine>",
    summary: "list which events a machine would take now",
    examples: [["machine allowed orders/order-1", "yes, no and why, or depends: a guard reads the event"]],
    json: "the answer of `ListAllowedEvents`",
    run: async ({ output, door }, name = "") => {
      const answer = await (await door()).get<Allowed>(`${machinePath(name)}/allowed-events`);
      output.data(answer, () =>
        formatTable(
          ["EVENT", "ALLOWED", "TO", "REASON"],
          answer.events.map(({ event, allowed, to = "", reason = "" }) => [event, allowed, to, reason]),
        ),
      );
      output.say(toPrintable(`in ${answer.state}, revision ${answer.revision}`));
    },
  });
}

function formatHistory(history: readonly HistoryEntry[] = []): string {
  return formatTable(
    ["REVISION", "TIME", "EVENT", "FROM", "TO", "ACTOR", "DETAILS"],
    history.map(({ revision, timestamp, kind, transition, actor, details }) => {
      const { event, from, to } = transition;
      return [String(revision), timestamp, kind === "event" ? event : `(${kind})`, from, to, actor, details];
    }),
  );
}

function formatRefusals(receipts: readonly Receipt[] = []): string {
  return formatTable(
    ["TIME", "EVENT", "STATE", "REASON", "EVENT ID", "MESSAGE"],
    receipts.map(({ at, event, from, reason = "", event_id: eventId, message = "" }) => {
      return [at, event, from, reason, eventId, message];
    }),
  );
}
