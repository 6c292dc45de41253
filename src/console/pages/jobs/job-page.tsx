/** One job: how far it has come, what came of it, and what can be done about it. */
import type { JSX } from "preact";
import type { PageProps } from "../current-page.tsx";
import { hrefOf } from "../../addresses.ts";
import { useEvery } from "../../data/use-every.ts";
import { useLoad } from "../../data/use-load.ts";
import { useNavigation } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";
import { Loading } from "../../ui/loading.tsx";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { JobActions } from "./job-actions.tsx";
import { JobBadges } from "./job-badges.tsx";
import { JobFacts } from "./job-facts.tsx";
import { JobProgressSection } from "./job-progress-section.tsx";
import { actionText, filterText, isRunning } from "./job-text.ts";
import { RefusalSection } from "./refusal-section.tsx";

const EVERY_MS = 1_000;
const CRUMBS = [{ to: hrefOf("jobs"), text: "Jobs" }];

export default function JobPage({ id }: PageProps<"job">): JSX.Element {
  return (
    <NeedsScope scope="ops" what="Jobs">
      <JobDetails id={id} />
    </NeedsScope>
  );
}

function JobDetails({ id }: { readonly id: string }): JSX.Element {
  const client = useClient();
  const { query } = useNavigation();
  const pageToken = query["page_token"] ?? "";
  const { value, error, reload, poll } = useLoad(
    (signal) => client.jobs.getJob({ id, pageToken }, { signal }),
    [client, id, pageToken],
  );
  const job = value?.job;
  useEvery(EVERY_MS, () => {
    if (job !== undefined && isRunning(job)) poll();
  });
  if (value === undefined || job === undefined) {
    return (
      <Page title="Job" crumbs={CRUMBS}>
        {error === undefined ? <Loading what="the job" /> : <Problem error={error} onRetry={reload} />}
      </Page>
    );
  }
  return (
    <Page
      title={`${actionText(job)}: ${filterText(job.filter)}`}
      crumbs={CRUMBS}
      lead={<JobBadges job={job} />}
      actions={<JobActions job={job} onChange={reload} />}
    >
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      <JobProgressSection job={job} />
      <RefusalSection job={job} refusals={value.refusals} nextPageToken={value.nextPageToken} />
      <JobFacts job={job} />
    </Page>
  );
}
