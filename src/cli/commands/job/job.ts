/** `detent job`: the same done to many machines. */
import type { Command } from "commander";
import type { Page } from "../../answers.ts";
import { describeAction, jobPath, printReport, readReport, waitForJob, type Job } from "../../jobs.ts";
import { addLeaf, addNoun, type Runner } from "../../leaf.ts";
import { addLimitOption, readLimit } from "../../options.ts";
import { readPages, tellOfMore } from "../../pages.ts";
import { formatTable, toPrintable } from "../../table.ts";
import { addJobCreate } from "./create.ts";

export function addJob(program: Command, runner: Runner): void {
  const job = addNoun(program, "job", "the same done to many machines: create, list, get, pause, resume, cancel, wait");
  addJobCreate(job, runner);

  addLeaf<{ readonly limit: number }>(job, runner, {
    name: "list",
    summary: "list jobs, newest first",
    examples: [["job list", "what they do, and how far they are"]],
    json: "the answer of `ListJobs`, its pages as one",
    options: addLimitOption,
    run: async ({ output, door, flags }) => {
      const asked = { most: readLimit(flags) };
      const found = await readPages<Page & { readonly jobs: readonly Job[] }>(
        await door(),
        "/api/v1/jobs",
        "jobs",
        asked,
      );
      output.data(found, () =>
        formatTable(
          ["ID", "CREATED", "STATUS", "CONFIGURATION", "DOES", "DONE", "REFUSED"],
          found.jobs.map((each) => {
            const { found: done, expected, refused } = each.progress;
            const { id, created_at: createdAt, status, filter } = each;
            return [
              id,
              createdAt,
              status,
              filter.configuration,
              describeAction(each),
              `${done}/${expected}`,
              String(refused),
            ];
          }),
        ),
      );
      tellOfMore(output, found);
    },
  });

  addLeaf<{ readonly limit: number }>(job, runner, {
    name: "get <id>",
    summary: "show a job, and which machines refused",
    examples: [["job get 07b04ca6-6205-8295-8659-d097414cf149", "how far it is, and what was refused"]],
    json: "the answer of `GetJob`, its pages as one",
    options: addLimitOption,
    run: async (session, id = "") => {
      const report = await readReport(await session.door(), id, readLimit(session.flags));
      printReport(session, report);
      tellOfMore(session.output, report);
    },
  });

  const interventions = [
    ["pause", "take on no more machines until it is resumed", "PauseJob"],
    ["resume", "go on where a job was paused", "ResumeJob"],
    ["cancel", "end a job; what was done stays done", "CancelJob"],
  ] as const;
  for (const [verb, summary, operation] of interventions) {
    addLeaf(job, runner, {
      name: `${verb} <id>`,
      summary,
      examples: [[`job ${verb} 07b04ca6-6205-8295-8659-d097414cf149`, "prints its status"]],
      json: `the answer of \`${operation}\``,
      run: async ({ output, door }, id = "") => {
        const call = { isRepeatable: true };
        const answer = await (await door()).post<Job>(`${jobPath(id)}/${verb}`, undefined, call);
        output.data(answer, () => toPrintable(`${answer.id}: ${answer.status}`));
      },
    });
  }

  addLeaf(job, runner, {
    name: "wait <id>",
    summary: "wait until a job has ended, and show its report",
    description: `Waits until a job has ended, and shows its report. Exit code 0 when it is finished and no machine refused, 1 when one did, or
when the job was cancelled. A paused job is waited for.`,
    examples: [["job wait 07b04ca6-6205-8295-8659-d097414cf149 && echo done", "in a script"]],
    json: "the answer of `GetJob`, with a hundred refusals",
    run: async (session, id = "") => await waitForJob(session, await session.door(), id),
  });
}
