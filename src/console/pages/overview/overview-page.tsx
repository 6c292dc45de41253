/** What there is, and how it fares. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { Link } from "../../navigation.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import { Problem } from "../../ui/problem.tsx";
import { NoConfigurations } from "../configurations/no-configurations.tsx";
import { ConfigurationCard } from "./configuration-card.tsx";
import { EventsSection } from "./events-section.tsx";
import { ServiceFigures } from "./service-figures.tsx";
import { useConfigurationCounts } from "./use-configuration-counts.ts";
import { useReadings } from "./use-readings.ts";

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
  const { value, error, reload } = useConfigurationCounts();
  if (value === undefined) {
    return error === undefined ? <Loading what="the configurations" /> : <Problem error={error} onRetry={reload} />;
  }
  if (value.configurations.length === 0) return <NoConfigurations />;
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
