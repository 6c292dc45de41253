/** The machines that have refused what a job asked, and why. */
import type { JSX } from "preact";
import type { Job, JobRefusal } from "../../../gen/detent/v1/job_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Pager } from "../../ui/pager.tsx";
import { Section } from "../../ui/section.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { hasEnded } from "./job-text.ts";

interface RefusalSectionProps {
  readonly job: Job;
  readonly refusals: readonly JobRefusal[];
  readonly nextPageToken: string;
}

export function RefusalSection({ job, refusals, nextPageToken }: RefusalSectionProps): JSX.Element {
  const { query, setQuery } = useNavigation();
  const pageToken = query["page_token"] ?? "";
  if (refusals.length === 0 && pageToken === "") {
    return (
      <Section title="Refusals">
        <p class="faint">{hasEnded(job) ? "No machine has refused." : "No machine has refused so far."}</p>
      </Section>
    );
  }
  return (
    <Section title="Refusals">
      <Table
        caption="Machines that have refused"
        columns={columnsOf(job.filter?.configuration ?? "")}
        rows={refusals}
        keyOf={({ id }) => id}
      />
      <Pager
        onFirst={pageToken ? () => setQuery({ page_token: undefined }) : undefined}
        onNext={nextPageToken ? () => setQuery({ page_token: nextPageToken }) : undefined}
        shown={formatCountOf(refusals.length, "refusal")}
      />
    </Section>
  );
}

function columnsOf(configuration: string): Column<JobRefusal>[] {
  return [
    {
      title: "Machine",
      isHeading: true,
      cell: ({ id }) => (
        <Link to={hrefOf("machine", { configuration, id })}>
          <bdi>{id}</bdi>
        </Link>
      ),
    },
    {
      title: "Reason",
      cell: ({ reason }) => (
        <a href={`/errors/${encodeURIComponent(reason)}`}>
          <code>{reason}</code>
        </a>
      ),
    },
    { title: "Message", cell: ({ message }) => <bdi>{message}</bdi> },
  ];
}
