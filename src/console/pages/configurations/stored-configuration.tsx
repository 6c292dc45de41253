/** All there is to know of one version. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { sourceOf } from "../../data/configuration-source.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import type { MachineCount } from "../../../gen/detent/v1/machine_service_pb.ts";
import { useNavigation, Link } from "../../navigation.tsx";
import { Facts } from "../../ui/facts.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Section } from "../../ui/section.tsx";
import { Instant } from "../../ui/time.tsx";
import { DiagramSection } from "./diagram-section.tsx";
import { EventsTable } from "./events-table.tsx";
import { FindingsSection } from "./findings-section.tsx";
import { countByState } from "./machine-counts.ts";
import { SourceSection } from "./source-section.tsx";
import { StatesTable } from "./states-table.tsx";
import { TransitionsTable } from "./transitions-table.tsx";
import { TryItSection } from "./try-it-section.tsx";
import { useMemo } from "preact/hooks";

interface StoredConfigurationProps {
  readonly configuration: Configuration;
  /** Of all versions; undefined: they are not known. */
  readonly counts: readonly MachineCount[] | undefined;
}

export function StoredConfiguration({ configuration, counts }: StoredConfigurationProps): JSX.Element {
  const { query } = useNavigation();
  const source = useMemo(() => sourceOf(configuration), [configuration]);
  const { name, version } = configuration;
  const isOfAll = query["machines"] === "all";
  const byState = counts && countByState(counts, isOfAll ? undefined : version);
  const { retention } = configuration;
  const total = counts && [...countByState(counts, version).values()].reduce((sum, count) => sum + count, 0);
  return (
    <>
      <DiagramSection name={name} version={version} source={source} counts={byState} isOfAll={isOfAll} />
      <Section title={formatCountOf(configuration.states.length, "state")}>
        <StatesTable name={name} source={source} counts={byState} version={isOfAll ? undefined : version} />
      </Section>
      <Section title={formatCountOf(configuration.transitions.length, "transition")}>
        <p class="faint">
          In the order in which they are tried: the first that matches and whose guard is true is taken.
        </p>
        <TransitionsTable source={source} />
      </Section>
      <FindingsSection configuration={configuration} />
      <Section title="Events">
        <EventsTable source={source} />
      </Section>
      <TryItSection source={source} message={configuration} />
      <Section title="Rules">
        <Facts
          of={{
            "Starting state": <bdi>{configuration.startingState}</bdi>,
            "Machines may be created in": configuration.initialStates.length === 0 && "any state",
            "Events without a transition": configuration.unhandled || "reject",
            "Deferred events wait": configuration.deferFor || "PT1H",
            "Refused receipts are kept": retention?.outcomes ?? "as the deployment says",
            "History is kept": retention?.history ?? "for good",
            "Machines in a final state are kept": retention?.final ?? "for good",
            Machines: total !== undefined && (
              <Link to={hrefOf("machines", {}, { configuration: name, version })}>
                {formatCountOf(total, "machine")} of this version
              </Link>
            ),
            Created: <Instant at={configuration.createdAt} />,
            Deprecated: configuration.deprecatedAt && <Instant at={configuration.deprecatedAt} />,
          }}
        />
      </Section>
      <SourceSection configId={`${name}:${version}`} source={source} />
    </>
  );
}
