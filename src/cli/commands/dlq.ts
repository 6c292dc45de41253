/** `detent dlq`: events of the queue that could not be applied. */
import type { Command } from "commander";
import type { Page } from "../answers.ts";
import { usage } from "../failure.ts";
import { addLeaf, addNoun, type Runner } from "../leaf.ts";
import { addLimitOption, readLimit } from "../options.ts";
import { readPages, tellOfMore } from "../pages.ts";
import { formatTable } from "../table.ts";

interface DeadLetters extends Page {
  readonly dead_letters: readonly {
    readonly id: string;
    readonly received_at: string;
    readonly configuration: string;
    readonly machine_id: string;
    readonly event_id: string;
  }[];
}

interface Redriven {
  readonly redriven: number;
  readonly remaining: boolean;
}

const LETTERS = "/api/v1/dead-letters";

export function addDlq(program: Command, runner: Runner): void {
  const dlq = addNoun(program, "dlq", "dead letters: events of the queue that could not be applied");

  addLeaf<{ readonly limit: number }>(dlq, runner, {
    name: "list",
    summary: "list dead letters, oldest first",
    examples: [
      ["dlq list", "which events they are, and of which machines"],
      ["dlq list --json | jq '.dead_letters[].body'", "the events themselves"],
    ],
    json: "the answer of `ListDeadLetters`, its pages as one",
    options: addLimitOption,
    run: async ({ output, door, flags }) => {
      const found = await readPages<DeadLetters>(await door(), LETTERS, "dead_letters", { most: readLimit(flags) });
      output.data(found, () =>
        formatTable(
          ["ID", "RECEIVED", "MACHINE", "EVENT ID"],
          found.dead_letters.map(({ id, received_at: at, configuration, machine_id: machine, event_id: eventId }) => {
            return [id, at, machine === "" ? configuration : `${configuration}/${machine}`, eventId];
          }),
        ),
      );
      tellOfMore(output, found);
    },
  });

  addLeaf<{ readonly all?: boolean }>(dlq, runner, {
    name: "redrive [ids...]",
    summary: "put dead letters back on the events queue",
    description: `Puts dead letters back on the events queue, as they came: those that are named, all or none of them, or with --all every
one. A letter that is sent twice is applied once.`,
    examples: [
      ["dlq redrive 1793491200000-3f2a", "one"],
      ["dlq redrive --all", "all that are there"],
    ],
    json: "the answer of `RedriveDeadLetters`; with `--all` its calls added up",
    options: (command) => command.option("--all", "every one"),
    run: async ({ output, door, flags }, ...ids) => {
      if (ids.length > 0 === (flags.all === true)) throw usage("name the letters to redrive, or give --all");
      const service = await door();
      let redriven = 0;
      let answer: Redriven;
      do {
        // By id not tried again: done already, the letters would not be there.
        const call = { isRepeatable: ids.length === 0 };
        answer = await service.post<Redriven>(`${LETTERS}:redrive`, ids.length > 0 ? { ids } : {}, call);
        redriven += answer.redriven;
      } while (flags.all === true && answer.remaining && answer.redriven > 0);
      output.data({ ...answer, redriven }, () => `redriven: ${redriven}`);
    },
  });
}
