/** What the check says of a stored configuration. */
import type { JSX } from "preact";
import { useLoad } from "../../data/use-load.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import { useClient } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { LongTable } from "./long-table.tsx";

export function FindingsSection({ configuration }: { readonly configuration: Configuration }): JSX.Element {
  const client = useClient();
  const { value, error, reload } = useLoad(
    async (signal) => (await client.configurations.checkConfiguration({ configuration }, { signal })).findings,
    [client, configuration],
  );
  return (
    <Section title="Findings">
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="the findings" />}
      {value?.length === 0 && <p class="faint">The check has nothing to say against it.</p>}
      {value !== undefined && value.length > 0 && (
        <LongTable
          caption="Findings"
          rows={value}
          limit={20}
          keyOf={({ code, pointer, message }) => JSON.stringify([code, pointer, message])}
          columns={[
            {
              title: "Finding",
              isHeading: true,
              cell: ({ severity, code }) => (
                <span class="row words">
                  <Badge text={severity} tone={severity === "error" ? "bad" : "warn"} />
                  <code>{code}</code>
                </span>
              ),
            },
            { title: "What it says", cell: ({ message }) => <bdi>{message}</bdi> },
            { title: "Where", cell: ({ pointer }) => <code dir="ltr">{pointer || "/"}</code> },
          ]}
        />
      )}
    </Section>
  );
}
