/** From revision to revision of a machine. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useNavigation } from "../../navigation.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";

interface TimeTravelProps {
  /** Undefined: now. */
  readonly revision: number | undefined;
  readonly newest: number;
}

export function TimeTravel({ revision, newest }: TimeTravelProps): JSX.Element {
  const { setQuery } = useNavigation();
  const shown = revision ?? newest;
  const [text, setText] = useState(String(shown));
  useEffect(() => setText(String(shown)), [shown]);
  const goTo = (to: number): void => setQuery({ revision: to === newest ? undefined : String(to) });
  const submit = (event: Event): void => {
    event.preventDefault();
    if (/^\d{1,9}$/.test(text)) goTo(Number(text));
  };
  return (
    <form class="travel" onSubmit={submit} aria-label="Time travel">
      <Button
        label="Previous revision"
        onClick={() => goTo(shown - 1)}
        disabledReason={shown <= 0 ? "This is the first revision." : undefined}
      >
        ‹
      </Button>
      <Button
        label="Next revision"
        onClick={() => goTo(shown + 1)}
        disabledReason={shown >= newest ? "This is the newest revision." : undefined}
      >
        ›
      </Button>
      <input
        type="range"
        aria-label="Slide through the revisions"
        min={0}
        max={newest}
        value={shown}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onChange={({ currentTarget }) => goTo(Number(currentTarget.value))}
      />
      <Field label="Revision">
        {(attributes) => (
          <input
            {...attributes}
            class="short"
            inputMode="numeric"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
      </Field>
      <span class="faint">of {newest}</span>
      <Button type="submit">Go</Button>
    </form>
  );
}

/** Says that what is shown is not now. */
export function PastBanner({ revision, newest }: { readonly revision: number; readonly newest: number }): JSX.Element {
  const { setQuery } = useNavigation();
  return (
    <Notice tone="warn" isNews>
      <div class="row">
        <strong>As it was at revision {revision}</strong>
        <span>The machine is at revision {newest} now. Labels are those of today.</span>
        <Button onClick={() => setQuery({ revision: undefined })}>Back to now</Button>
      </div>
    </Notice>
  );
}
