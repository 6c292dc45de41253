/** What a job was told to do, by whom and when. */
import type { JSX } from "preact";
import type { Job, JobFilter } from "../../../gen/detent/v1/job_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { queryOf } from "../../data/machine-filter.ts";
import { Link } from "../../navigation.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Json } from "../../ui/json.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Section } from "../../ui/section.tsx";
import { Instant } from "../../ui/time.tsx";
import { readJobFilter } from "./job-filter.ts";
import { filterText } from "./job-text.ts";

export function JobFacts({ job }: { readonly job: Job }): JSX.Element {
  const { id, action, filter, rate, actor, createdAt, finishedAt } = job;
  return (
    <Section title="Job">
      <Facts
        of={{
          Id: <code class="id">{id}</code>,
          Machines: filter && <JobMachines filter={filter} />,
          Rate: `${formatCountOf(rate, "machine")} a second`,
          "Created by": <bdi>{actor}</bdi>,
          Created: <Instant at={createdAt} />,
          Ended: finishedAt && <Instant at={finishedAt} />,
          Details: action.case === "send" && action.value.details !== "" && <bdi>{action.value.details}</bdi>,
        }}
      />
      {action.case === "send" && Object.keys(action.value.data ?? {}).length > 0 && (
        <Json value={action.value.data} label="Data of the event" />
      )}
      {action.case === "migrate" && Object.keys(action.value.stateMap).length > 0 && (
        <Json value={action.value.stateMap} label="What becomes of states" />
      )}
    </Section>
  );
}

function JobMachines({ filter }: { readonly filter: JobFilter }): JSX.Element {
  const listed = readJobFilter(filter);
  const text = <bdi>{filterText(filter)}</bdi>;
  return listed === undefined ? text : <Link to={hrefOf("machines", {}, queryOf(listed))}>{text}</Link>;
}
