/** `detent job create`: what is done to every machine that a filter means. */
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import { usage } from "../../failure.ts";
import { collect, readJsonFlag, readPairs } from "../../input.ts";
import { describeAction, waitForJob, type Job } from "../../jobs.ts";
import { addLeaf, addNoun, type Runner, type Session } from "../../leaf.ts";
import { addFilterOptions, meansAll, readFilter, readWhole, type FilterFlags } from "../../options.ts";
import { Patience } from "../../patience.ts";
import { toPrintable } from "../../table.ts";

interface JobFlags extends FilterFlags {
  readonly dryRun?: boolean;
  readonly rate?: number;
  readonly wait?: boolean;
}

const JSON_NOTE = "the answer of `CreateJob`; with `--wait` that of `GetJob` when it has ended";

export function addJobCreate(job: Command, runner: Runner): void {
  const create = addNoun(job, "create", "do something to every machine that a filter means: send, migrate, delete");

  addLeaf<JobFlags & { readonly data?: string; readonly details?: string }>(create, runner, {
    name: "send <configuration> <event>",
    summary: "send an event to every machine that the filter means",
    examples: [
      ["job create send orders cancel --state pending --dry-run --wait", "what would become of it"],
      ["job create send orders cancel --state pending --wait", "does it, and shows the report"],
      ["job create send orders remind --label region=eu --rate 20", "twenty machines a second; prints the job's id"],
    ],
    json: JSON_NOTE,
    options: (command) =>
      addJobOptions(command)
        .option("--data <json>", "the event's data: JSON, or @file")
        .option("--details <text>", "a remark, which the histories keep"),
    run: async (session, configuration = "", event = "") => {
      const { data, details } = session.flags;
      const send = { event, data: await readJsonFlag("--data", data), details };
      await createJob(session, configuration, { send });
    },
  });

  addLeaf<JobFlags & { readonly stateMap?: readonly string[] }>(create, runner, {
    name: "migrate <configuration> <version>",
    summary: "move every machine that the filter means to another version",
    examples: [
      ["job create migrate orders v4 --version v3 --dry-run --wait", "which would not go"],
      ["job create migrate orders v4 --version v3 --state-map pending=waiting", "with a state that has another name"],
    ],
    json: JSON_NOTE,
    options: (command) =>
      addJobOptions(command).option(
        "--state-map <from=to>",
        "what a state is called in that version; may be repeated",
        collect,
      ),
    run: async (session, configuration = "", to = "") => {
      const migrate = { to, state_map: readPairs("--state-map", session.flags.stateMap) };
      await createJob(session, configuration, { migrate });
    },
  });

  addLeaf<JobFlags & { readonly all?: boolean }>(create, runner, {
    name: "delete <configuration>",
    summary: "delete every machine that the filter means; without a filter it takes --all",
    examples: [
      ["job create delete orders --state cancelled --updated-before 2026-01-01T00:00:00Z --dry-run --wait", "how many"],
      ["job create delete orders --state cancelled --updated-before 2026-01-01T00:00:00Z", "does it"],
    ],
    json: JSON_NOTE,
    options: (command) => addJobOptions(command).option("--all", "every machine of the configuration is meant"),
    run: async (session, configuration = "") => {
      if (session.flags.all !== true && meansAll(readFilter(configuration, session.flags))) {
        throw usage(`every machine of ${configuration} would be deleted`, "say which are meant, or --all");
      }
      await createJob(session, configuration, { delete: {} });
    },
  });
}

function addJobOptions(command: Command): Command {
  return addFilterOptions(command)
    .option("--dry-run", "change nothing: ask each machine what would become of it")
    .option("--rate <n>", "machines a second (100)", readWhole)
    .option("--wait", "wait until it has ended, and show its report, as job wait does");
}

async function createJob(session: Session<JobFlags>, configuration: string, action: object): Promise<void> {
  const { output, door, flags } = session;
  const service = await door();
  const { wait, rate, dryRun } = flags;
  const body = { filter: readFilter(configuration, flags), ...action, rate, dry_run: dryRun };
  // Asked twice, the service knows by this key that the same job is meant.
  const call = { headers: { "idempotency-key": randomUUID() }, isRepeatable: true };
  const job = await service.post<Job>("/api/v1/jobs", body, call);
  if (wait !== true) output.data(job, () => job.id);
  output.say(toPrintable(`job ${job.id}: ${describeAction(job)}, machines: ${job.progress.expected}`));
  if (wait !== true) return;
  const patience = new Patience(output, session.signal);
  patience.reset();
  await waitForJob(session, service, job.id, patience);
}
