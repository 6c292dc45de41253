/** The version that a job migrates to, and what becomes of states that are not there. */
import type { JSX } from "preact";
import { Field } from "../../ui/field.tsx";

export interface MigrateEntry {
  /** A version; empty: none was chosen yet. */
  readonly to: string;
  readonly stateMap: Readonly<Record<string, string>>;
}

interface MigrateFieldsProps {
  readonly versions: readonly string[];
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
      <Field label="To version" isRequired error={errors.get("to")}>
        {(attributes) => (
          <select
            {...attributes}
            value={entry.to}
            onChange={({ currentTarget }) => onChange({ to: currentTarget.value, stateMap: {} })}
          >
            <option value="">Choose a version</option>
            {versions.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
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
