/** Which machines are meant, as fields of a form. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConfigurationVersions } from "../../gen/detent/v1/configuration_service_pb.ts";
import { fromLocalText, toLocalText, type FilterField, type MachineFilter } from "../data/machine-filter.ts";
import { useStates } from "../data/use-configurations.ts";
import { ChoiceField } from "./choice-field.tsx";
import { Field } from "./field.tsx";

interface MachineFilterFieldsProps {
  readonly filter: MachineFilter;
  readonly onChange: (filter: MachineFilter) => void;
  /** See `useConfigurations`; undefined: not known, so that names are entered. */
  readonly configurations: readonly ConfigurationVersions[] | undefined;
  /** See `findFilterProblems`. */
  readonly problems?: ReadonlyMap<FilterField, string>;
  /** More fields, beside those that are used most. */
  readonly children?: ComponentChildren;
}

/** Has no `<form>` of its own, so that it may stand in one; its fields are to be in a `.form`. */
export function MachineFilterFields(props: MachineFilterFieldsProps): JSX.Element {
  const { filter, onChange, configurations, problems, children } = props;
  const found = configurations?.find(({ name }) => name === filter.configuration);
  const meant = filter.version === "" ? (found?.versions ?? []) : [filter.version];
  const { value: states = [], error } = useStates(filter.configuration, meant);
  const [isOpen, setOpen] = useState(false);
  const hasRare = [...TIMES, ...LABELS].some(([field]) => filter[field] !== "");
  useEffect(() => {
    // What the list is filtered by must be seen. It stays open while its user empties it.
    if (hasRare) setOpen(true);
  }, [hasRare]);
  const set =
    (field: FilterField) =>
    (value: string): void =>
      onChange({ ...filter, [field]: value });
  return (
    <>
      <ChoiceField
        label="Configuration"
        isRequired
        error={problems?.get("configuration")}
        value={filter.configuration}
        choices={configurations?.map(({ name }) => name)}
        none="Choose one"
        // Another configuration has other versions and states.
        onChange={(configuration) => onChange({ ...filter, configuration, version: "", state: "" })}
      />
      <ChoiceField
        label="Version"
        value={filter.version}
        choices={configurations === undefined ? undefined : (found?.versions ?? [])}
        none="Any"
        noteOf={(version) => (found?.deprecated.includes(version) ? "deprecated" : undefined)}
        onChange={set("version")}
      />
      <ChoiceField
        label="State"
        value={filter.state}
        choices={configurations === undefined || error !== undefined ? undefined : states}
        none="Any"
        onChange={set("state")}
      />
      {children}
      <details class="wide" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Time of change, labels</summary>
        <div class="form">
          {TIMES.map(([field, label]) => (
            <Field key={field} label={label} error={problems?.get(field)}>
              {(attributes) => (
                <input
                  {...attributes}
                  type="datetime-local"
                  step="1"
                  value={toLocalText(filter[field])}
                  onInput={({ currentTarget }) => set(field)(fromLocalText(currentTarget.value))}
                />
              )}
            </Field>
          ))}
          {LABELS.map(([field, label]) => (
            <Field key={field} label={label} error={problems?.get(field)}>
              {(attributes) => (
                <input
                  {...attributes}
                  placeholder="name=value"
                  autocomplete="off"
                  spellcheck={false}
                  value={filter[field]}
                  onInput={({ currentTarget }) => set(field)(currentTarget.value)}
                />
              )}
            </Field>
          ))}
        </div>
      </details>
    </>
  );
}

const TIMES = [
  ["updatedAfter", "Changed after"],
  ["updatedBefore", "Changed before"],
] as const;

const LABELS = [
  ["label", "Label"],
  ["label2", "Second label"],
] as const;
