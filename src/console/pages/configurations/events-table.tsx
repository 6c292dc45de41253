/** The events that a configuration knows. */
import type { JSX } from "preact";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import { Badge } from "../../ui/badge.tsx";
import { formatCount } from "../../ui/number-text.ts";
import { LongTable } from "./long-table.tsx";
import { listEvents } from "./outline.ts";
import { SchemaDetails } from "./schema-details.tsx";

export function EventsTable({ source }: { readonly source: ConfigurationSource }): JSX.Element {
  return (
    <div class="stack wide-names">
      <LongTable
        caption="Events"
        rows={listEvents(source)}
        keyOf={({ name }) => name}
        columns={[
          {
            title: "Event",
            isHeading: true,
            cell: ({ name, isTimed }) => (
              <span class="row words">
                <bdi>{name}</bdi>
                {isTimed && <Badge text="timer" />}
              </span>
            ),
          },
          { title: "Transitions", isNumber: true, cell: ({ transitions }) => formatCount(transitions) },
          { title: "Event's data", cell: ({ name, schema }) => <SchemaDetails schema={schema} of={name} /> },
        ]}
      />
    </div>
  );
}
