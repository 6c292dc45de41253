/** Jobs as commands show them and wait for them. */
import { answeredNo } from "./failure.ts";
import { pause, type Door } from "./door.ts";
import { toSegment } from "./input.ts";
import { Patience } from "./patience.ts";
import type { Page } from "./answers.ts";
import type { Session } from "./leaf.ts";
import { formatLabels } from "./machines.ts";
import { readPages } from "./pages.ts";
import { StatusLine } from "./status-line.ts";
import { formatFacts, formatTable } from "./table.ts";

export interface Job {
  readonly id: string;
  readonly filter: {
    readonly configuration: string;
    readonly version?: string;
    readonly state?: string;
    readonly updated_after?: string;
    readonly updated_before?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly send?: { readonly event: string };
  readonly migrate?: { readonly to: string };
  readonly dry_run: boolean;
  readonly rate: number;
  readonly status: "running" | "paused" | "cancelled" | "finished";
  readonly progress: Readonly<Record<"expected" | "found" | "succeeded" | "unchanged" | "refused" | "skipped", number>>;
  readonly actor: string;
  readonly created_at: string;
  readonly finished_at?: string;
}

interface JobReport extends Job, Page {
  readonly refusals: readonly { readonly id: string; readonly reason: string; readonly message: string }[];
}

/** Refusals that a report shows unless more are asked for. */
const REFUSALS_SHOWN = 100;

const FIRST_LOOK_MS = 200;
const LONGEST_LOOK_MS = 2_000;

/** The path of a job's routes. */
export function jobPath(id: string): string {
  return `/api/v1/jobs/${toSegment(id)}`;
}

/** The job with as many refusals. */
export async function readReport(door: Door, id: string, most: number): Promise<JobReport> {
  return await readPages<JobReport>(door, jobPath(id), "refusals", { most });
}

/** Prints a report. */
export function printReport({ output }: Session<unknown>, report: JobReport): void {
  output.data(report, () => {
    const refusals = report.refusals.map(({ id, reason, message }) => [id, reason, message]);
    const facts = formatFacts(factsOf(report));
    return refusals.length === 0 ? facts : `${facts}\n\n${formatTable(["REFUSED", "REASON", "MESSAGE"], refusals)}`;
  });
}

/**
 * Waits until a job has ended, shows how far it is where somebody looks, and prints its report. Throws unless it is finished and no
 * machine refused. A paused job has not ended.
 */
export async function waitForJob(
  session: Session<unknown>,
  door: Door,
  id: string,
  patience = new Patience(session.output, session.signal),
): Promise<void> {
  const { output, signal } = session;
  const line = new StatusLine(output);
  let job: Job | undefined;
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(LONGEST_LOOK_MS, waitMs * 1.5)) {
    try {
      job = await door.get<Job>(jobPath(id), { page_size: 1 });
      patience.reset();
      if (job.status === "finished" || job.status === "cancelled") break;
      line.show(`${job.status}: ${formatProgress(job)}`);
      await pause(waitMs, signal);
    } catch (error) {
      line.clear();
      await patience.wait(error);
    }
  }
  line.clear();
  const report = await readReport(door, id, REFUSALS_SHOWN);
  printReport(session, report);
  if (report.next_page_token !== "") output.say(`there are more: detent job get ${job.id} --limit 0 shows all of them`);
  if (job.status !== "finished" || job.progress.refused > 0) throw answeredNo();
}

/** What a job does, in a word or two. */
export function describeAction({ send, migrate, dry_run: isDryRun }: Job): string {
  const action =
    send !== undefined ? `send ${send.event}` : migrate !== undefined ? `migrate to ${migrate.to}` : "delete";
  return isDryRun ? `${action} (dry run)` : action;
}

function formatProgress({ progress: { expected, found, ...outcomes } }: Job): string {
  const { succeeded, unchanged, refused, skipped } = outcomes;
  return `${found} of ${expected}; succeeded ${succeeded}, unchanged ${unchanged}, refused ${refused}, skipped ${skipped}`;
}

function factsOf(job: Job): [string, string][] {
  const { configuration, labels, ...bounds } = job.filter;
  const filter = [
    configuration,
    ...Object.entries(bounds).map(([name, value]) => `${name}=${value}`),
    ...(labels === undefined ? [] : [formatLabels(labels)]),
  ];
  return [
    ["job", job.id],
    ["does", describeAction(job)],
    ["to", filter.join(" ")],
    ["status", job.status],
    ["machines", formatProgress(job)],
    ["rate", `${job.rate} a second`],
    ["by", job.actor],
    ["created", job.created_at],
    ...(job.finished_at === undefined ? [] : [["ended", job.finished_at] satisfies [string, string]]),
  ];
}
