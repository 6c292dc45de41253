/** The version that a job migrates to, and what becomes of states that are not there. */
import type { JSX } from "preact";
import { ChoiceField } from "../../ui/choice-field.tsx";
import { Field } from "../../ui/field.tsx";

export interface MigrateEntry {
  /** A version; empty: none was chosen yet. */
  readonly to: string;
  readonly stateMap: Readonly<Record<string, string>>;
}

interface MigrateFieldsProps {
  /** Undefined: cannot be read, so that a name is entered. */
  readonly versions: readonly string[] | undefined;
  /** States that the target lacks. */
  readonly missing: readonly string[];
  /** Of the target. */
  readonly states: readonly string[];
  readonly entry: MigrateEntry;
  readonly onChange: (entry: MigrateEntry) => void;
  readonly errors: ReadonlyMap<string, string>;
}

export function MigrateFields(props: MigrateFieldsProps): JSX.Element {
  const { versions, missing, states, entry, onChange, errors } = props;
  return (
    <>
      <ChoiceField
        label="To version"
        isRequired
        error={errors.get("to")}
        value={entry.to}
        choices={versions}
        none="Choose a version"
        onChange={(to) => onChange({ to, stateMap: {} })}
      />
      {missing.length > 0 && (
        <fieldset>
          <legend>States that {entry.to} does not have</legend>
          <p class="hint">A machine in one of them goes on in the state that is chosen here, or refuses.</p>
          {missing.map((state) => (
            <Field key={state} label={state}>
              {(attributes) => (
                <select
                  {...attributes}
                  value={entry.stateMap[state] ?? ""}
                  onChange={({ currentTarget }) =>
                    onChange({ ...entry, stateMap: withState(entry.stateMap, state, currentTarget.value) })
                  }
                >
                  <option value="">Refuse</option>
                  {states.map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          ))}
        </fieldset>
      )}
    </>
  );
}

function withState(
  stateMap: Readonly<Record<string, string>>,
  state: string,
  to: string,
): Readonly<Record<string, string>> {
  const kept = Object.entries(stateMap).filter(([known]) => known !== state);
  return Object.fromEntries(to === "" ? kept : [...kept, [state, to]]);
}
