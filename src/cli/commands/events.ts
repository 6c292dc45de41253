/** `detent events`: what happened, what happens, and what became of an event. */
import { Option, type Command } from "commander";
import type { Receipt } from "../answers.ts";
import { addFeedOptions, linesOf, readCursorOfNow, readFeed, type FeedFlags } from "../feeds.ts";
import { machinePath, toSegment } from "../input.ts";
import { addLeaf, addNoun, type Runner, type Session } from "../leaf.ts";
import { addLimitOption, readLimit, readWhole } from "../options.ts";
import { Patience } from "../patience.ts";
import { toYaml } from "../table.ts";

interface TailFlags extends FeedFlags {
  readonly fromStart?: boolean;
  readonly limit?: number;
}

/** Well below what the service and what is between here and it allow. */
const WAIT = "20s";

export function addEvents(program: Command, runner: Runner): void {
  const events = addNoun(program, "events", "events of all machines: follow them, list them, look one up");

  addLeaf<TailFlags>(events, runner, {
    name: "tail",
    summary: "print changes of all machines as they happen",
    description: `Prints accepted changes of all machines as they happen, or refused and failed events, a line each, until you end it. When the
connection breaks, or the service restarts, it goes on where it was: none is missed, and none is told twice.

In the end it says on stderr behind which cursor it ended, for --after.`,
    examples: [
      ["events tail", "from now on"],
      ["events tail --configuration orders --failures", "what is refused, and why"],
      ["events tail --after 1793491200000", "from where it ended last time"],
      ["events tail --json | jq --unbuffered .event", "a line of JSON for each"],
    ],
    json: "a line for each: an entry of the answer of `ListTransitions`, with `--failures` of `ListFailures`",
    options: (command) =>
      addFeedOptions(command)
        .addOption(new Option("--from-start", "begin with the oldest that is kept (now)").conflicts("after"))
        .option("--limit <n>", "end after so many", readWhole),
    run: tail,
  });

  addLeaf<FeedFlags & { readonly limit: number }>(events, runner, {
    name: "list",
    summary: "list changes of all machines, oldest first",
    description: `Lists accepted changes of all machines, or refused and failed events, as far back as they are kept, oldest first. It says on
stderr behind which cursor it ended, for --after.`,
    examples: [
      ["events list", "the oldest hundred"],
      ["events list --failures --configuration orders", "refused and failed events of a configuration"],
    ],
    json: "the answer of `ListTransitions`, with `--failures` of `ListFailures`, its pages as one",
    options: (command) => addLimitOption(addFeedOptions(command)),
    run: async ({ output, door, flags }) => {
      const service = await door();
      const most = readLimit(flags);
      const member = flags.failures === true ? "failures" : "transitions";
      const entries: object[] = [];
      const lines: string[] = [];
      let after = flags.after;
      for (;;) {
        const page = await readFeed(service, flags, { after, most: most - entries.length });
        const found = linesOf(page);
        for (const { entry, line } of found) {
          entries.push(entry);
          lines.push(line);
        }
        after = page.next_cursor;
        if (found.length === 0 || entries.length >= most) break;
      }
      output.data({ [member]: entries, next_cursor: after }, () => lines.join("\n"));
      output.say(`the cursor: ${after}`);
    },
  });

  addLeaf(events, runner, {
    name: "get <where> <event_id>",
    summary: "show what became of an event: its receipt",
    description: `Shows the receipt of an event: the newest with this id of any machine of a configuration (orders), or the one of a machine
(orders/order-1). Ids that begin with "timer:" or "detent:" are found through their machine only.`,
    examples: [
      ["events get orders e-7", "by configuration"],
      ["events get orders/order-1 e-7", "by machine"],
    ],
    json: "the answer of `FindEvent`, with a machine of `GetEvent`",
    run: async ({ output, door }, where = "", eventId = "") => {
      const path = where.includes("/") ? `${machinePath(where)}/events` : `/api/v1/events/${toSegment(where)}`;
      const receipt = await (await door()).get<Receipt>(`${path}/${toSegment(eventId)}`);
      output.data(receipt, () => toYaml(receipt));
    },
  });
}

async function tail({ output, door, flags, signal }: Session<TailFlags>): Promise<void> {
  const service = await door();
  const patience = new Patience(output, signal);
  let after = flags.after ?? (flags.fromStart === true ? "0" : await readCursorOfNow(service, flags));
  let left = flags.limit ?? Infinity;
  try {
    while (left > 0) {
      try {
        const page = await readFeed(service, flags, { after, most: left, wait: WAIT });
        patience.reset();
        const found = linesOf(page);
        for (const { entry, line } of found) output.item(entry, () => line);
        left -= found.length;
        after = page.next_cursor;
      } catch (error) {
        await patience.wait(error);
      }
    }
  } finally {
    output.say(`the cursor: ${after}`);
  }
}
