/** Which failures are shown; all of it stands in the address. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { useNavigation } from "../../navigation.tsx";
import { Field } from "../../ui/field.tsx";
import { SPANS } from "./newest-failures.ts";

interface FailureFilterProps {
  /** Names to choose from; others can be entered. */
  readonly configurations: readonly string[];
  readonly reasons: readonly string[];
  readonly isLive: boolean;
}

export function FailureFilter({ configurations, reasons, isLive }: FailureFilterProps): JSX.Element {
  const { query, setQuery } = useNavigation();
  const namesId = useId();
  const { configuration = "", reason = "", since = "", after } = query;
  // Another choice begins at its own newest.
  const choose = (change: Readonly<Record<string, string>>): void =>
    setQuery({ after: undefined, shown: undefined, ...change });
  return (
    <form class="form" role="search" aria-label="Failures" onSubmit={(event) => event.preventDefault()}>
      <Field label="Configuration">
        {(attributes) => (
          <input
            {...attributes}
            type="search"
            list={namesId}
            placeholder="All"
            value={configuration}
            onChange={(event) => choose({ configuration: event.currentTarget.value.trim() })}
          />
        )}
      </Field>
      <datalist id={namesId}>
        {configurations.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field label="Reason">
        {(attributes) => (
          <select
            {...attributes}
            value={reason}
            onChange={(event) => setQuery({ reason: event.currentTarget.value, shown: undefined })}
          >
            <option value="">All</option>
            {reasons.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Time">
        {(attributes) => (
          <select
            {...attributes}
            value={after === undefined ? since : "after"}
            onChange={(event) => choose({ since: event.currentTarget.value })}
          >
            <option value="">Newest</option>
            {Object.entries(SPANS).map(([span, { text }]) => (
              <option key={span} value={span}>
                {text}
              </option>
            ))}
            {after !== undefined && <option value="after">After a cursor</option>}
          </select>
        )}
      </Field>
      <label class="check live">
        <input
          type="checkbox"
          checked={isLive}
          onChange={(event) => setQuery({ live: event.currentTarget.checked ? undefined : "off" }, true)}
        />
        Follow new ones
      </label>
    </form>
  );
}
