/** What has been done to many machines at once. */
import type { JSX } from "preact";
import type { Job } from "../../../gen/detent/v1/job_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { useEvery } from "../../data/use-every.ts";
import { useLoad } from "../../data/use-load.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { ActionLink } from "../../ui/action-link.tsx";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { Page } from "../../ui/page.tsx";
import { Pager } from "../../ui/pager.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";
import { JobBadges } from "./job-badges.tsx";
import { actionText, doneOf, filterText, isRunning, totalOf } from "./job-text.ts";

const EVERY_MS = 2_000;

const COLUMNS: readonly Column<Job>[] = [
  {
    title: "Job",
    isHeading: true,
    cell: (job) => (
      <>
        <Link to={hrefOf("job", { id: job.id })}>
          <bdi>{actionText(job)}</bdi>
        </Link>
        <br />
        <span class="faint">
          <bdi>{filterText(job.filter)}</bdi>
        </span>
      </>
    ),
  },
  { title: "Status", cell: (job) => <JobBadges job={job} /> },
  { title: "Done", isNumber: true, cell: (job) => `${formatCount(doneOf(job))} of ${formatCount(totalOf(job))}` },
  { title: "Refused", isNumber: true, isMinor: true, cell: (job) => formatCount(job.progress?.refused ?? 0) },
  { title: "By", isMinor: true, cell: (job) => <bdi>{job.actor}</bdi> },
  { title: "Created", isMinor: true, cell: (job) => <Ago at={job.createdAt} /> },
];

export default function JobsPage(): JSX.Element {
  const { lacks } = useSession();
  return (
    <Page
      title="Jobs"
      lead="The same done to many machines: each once, at a bounded rate, with a report."
      actions={
        <ActionLink kind="primary" to={hrefOf("newJob")} disabledReason={lacks("ops")}>
          New job
        </ActionLink>
      }
    >
      <NeedsScope scope="ops" what="Jobs">
        <Jobs />
      </NeedsScope>
    </Page>
  );
}

function Jobs(): JSX.Element {
  const { client, key } = useSession();
  const { query, setQuery } = useNavigation();
  const pageToken = query["page_token"] ?? "";
  const { value, error, reload, poll } = useLoad(
    (signal) => client.jobs.listJobs({ pageToken }, { signal }),
    [client, pageToken],
  );
  useEvery(EVERY_MS, () => {
    if (value?.jobs.some(isRunning)) poll();
  });
  if (value === undefined) {
    return error === undefined ? <Loading what="the jobs" /> : <Problem error={error} onRetry={reload} />;
  }
  const { jobs, nextPageToken } = value;
  if (jobs.length === 0 && pageToken === "") {
    const body = { filter: { configuration: "orders", state: "pending" }, send: { event: "cancel" }, dry_run: true };
    const request = { method: "POST", path: "/api/v1/jobs", body } as const;
    return (
      <Empty title="There are no jobs yet." command={curlText({ ...request, hasKey: key !== undefined })}>
        <p>
          A job sends an event to every machine that a filter means, migrates them or deletes them, after a dry run if
          you like. <Link to={hrefOf("newJob")}>Make one here</Link>, or from a shell:
        </p>
      </Empty>
    );
  }
  return (
    <>
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      <div class="card">
        <Table caption="Jobs" columns={COLUMNS} rows={jobs} keyOf={({ id }) => id} />
      </div>
      <Pager
        onFirst={pageToken ? () => setQuery({ page_token: undefined }) : undefined}
        onNext={nextPageToken ? () => setQuery({ page_token: nextPageToken }) : undefined}
        shown={formatCountOf(jobs.length, "job")}
      />
    </>
  );
}
