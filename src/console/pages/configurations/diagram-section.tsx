/** The picture of a configuration, with the machines in its states. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { Diagram } from "../../diagram/diagram.tsx";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import { useNavigation } from "../../navigation.tsx";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";

interface DiagramSectionProps {
  readonly name: string;
  readonly version: string;
  readonly source: ConfigurationSource;
  readonly counts: ReadonlyMap<string, number> | undefined;
  /** The counts are of all versions. */
  readonly isOfAll: boolean;
}

export function DiagramSection({ name, version, source, counts, isOfAll }: DiagramSectionProps): JSX.Element {
  const { go, setQuery } = useNavigation();
  return (
    <Section
      title="Diagram"
      actions={
        counts && (
          <span class="row" role="group" aria-label="Show machines">
            <span class="faint">Show machines of</span>
            <Button isPressed={!isOfAll} onClick={() => setQuery({ machines: undefined }, true)}>
              this version
            </Button>
            <Button isPressed={isOfAll} onClick={() => setQuery({ machines: "all" }, true)}>
              all versions
            </Button>
          </span>
        )
      }
    >
      <Diagram
        source={source}
        title={`${name}:${version}`}
        counts={counts}
        onPick={(state) =>
          go(hrefOf("machines", {}, { configuration: name, version: isOfAll ? undefined : version, state }))
        }
      />
      <p class="faint">The tables of states and transitions below say the same in words.</p>
    </Section>
  );
}
