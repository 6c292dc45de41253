/** What there is, and how it fares. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { Link } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { ConfigurationCard } from "./configuration-card.tsx";
import { EventsSection } from "./events-section.tsx";
import { ServiceFigures } from "./service-figures.tsx";
import { useConfigurationCounts } from "./use-configuration-counts.ts";
import { useReadings } from "./use-readings.ts";

const FIRST_CONFIGURATION = {
  name: "orders",
  starting_state: "pending",
  states: ["pending", "shipped"],
  transitions: [{ from: "pending", to: "shipped", event: "ship" }],
};

export default function OverviewPage(): JSX.Element {
  const counts = useReadings();
  return (
    <Page title="Overview">
      <ServiceFigures {...counts} />
      <Configurations />
      <EventsSection readings={counts.readings} />
    </Page>
  );
}

function Configurations(): JSX.Element {
  const { key } = useSession();
  const { value, error, reload } = useConfigurationCounts();
  if (value === undefined) {
    return error === undefined ? <Loading what="the configurations" /> : <Problem error={error} onRetry={reload} />;
  }
  if (value.configurations.length === 0) {
    const request = { method: "POST", path: "/api/v1/configurations", body: FIRST_CONFIGURATION } as const;
    return (
      <Empty title="There are no configurations yet." command={curlText({ ...request, hasKey: key !== undefined })}>
        <p>
          A configuration says which states an entity may be in and which events move it.{" "}
          <Link to={hrefOf("newConfiguration")}>Write one here</Link>, or upload one:
        </p>
      </Empty>
    );
  }
  return (
    <>
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      <div class="columns">
        {value.configurations.map((of) => (
          <ConfigurationCard key={of.name} of={of} />
        ))}
      </div>
      {value.hasMore && <Link to={hrefOf("configurations")}>All configurations</Link>}
    </>
  );
}
