/** Choosing one of the versions of a configuration. */
import type { JSX } from "preact";
import type { ConfigurationVersions } from "../../../gen/detent/v1/configuration_service_pb.ts";
import { Field } from "../../ui/field.tsx";

interface VersionSelectProps {
  readonly label: string;
  readonly of: Pick<ConfigurationVersions, "versions" | "deprecated">;
  readonly value: string;
  readonly onChoose: (version: string) => void;
}

export function VersionSelect({
  label,
  of: { versions, deprecated },
  value,
  onChoose,
}: VersionSelectProps): JSX.Element {
  return (
    <Field label={label}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
          {!versions.includes(value) && <option value={value}>{value} (there is no such version)</option>}
          {versions.map((version, i) => (
            <option key={version} value={version}>
              {version}
              {i === 0 && " (newest)"}
              {deprecated.includes(version) && " (deprecated)"}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
