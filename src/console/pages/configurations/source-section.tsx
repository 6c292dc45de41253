/** The configuration as it was uploaded, to be read and copied. */
import type { JSX } from "preact";
import { useLoad } from "../../data/use-load.ts";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import { useNavigation } from "../../navigation.tsx";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";

interface SourceSectionProps {
  /** `name:version`. */
  readonly configId: string;
  readonly source: ConfigurationSource;
}

export function SourceSection({ configId, source }: SourceSectionProps): JSX.Element {
  const { query, setQuery } = useNavigation();
  const isYaml = query["source"] === "yaml";
  const { value, error, reload } = useLoad(async () => {
    if (!isYaml) return JSON.stringify(source, null, 2);
    const { writeYaml } = await import("./yaml-text.ts");
    return writeYaml(source);
  }, [source, isYaml]);
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
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="the source" />}
      {value !== undefined && <Code text={value} label={`Source of ${configId}`} canBeCopied />}
    </Section>
  );
}
