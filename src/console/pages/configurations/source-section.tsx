/** The configuration as it was uploaded, to be read and copied. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import { useNavigation } from "../../navigation.tsx";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Section } from "../../ui/section.tsx";
import { writeText } from "./write-text.ts";

interface SourceSectionProps {
  /** `name:version`. */
  readonly configId: string;
  readonly source: ConfigurationSource;
}

export function SourceSection({ configId, source }: SourceSectionProps): JSX.Element {
  const { query, setQuery } = useNavigation();
  const isYaml = query["source"] === "yaml";
  const text = useMemo(() => writeText(source, isYaml ? "yaml" : "json"), [source, isYaml]);
  return (
    <Section
      title="Source"
      actions={
        <>
          <Button isPressed={!isYaml} onClick={() => setQuery({ source: undefined }, true)}>
            JSON
          </Button>
          <Button isPressed={isYaml} onClick={() => setQuery({ source: "yaml" }, true)}>
            YAML
          </Button>
        </>
      }
    >
      <Code text={text} label={`Source of ${configId}`} canBeCopied />
    </Section>
  );
}
