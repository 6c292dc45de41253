/** The page on which a key is entered. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Problem } from "../ui/problem.tsx";

interface SignInProps {
  /** Why the last key was not let in. */
  readonly error: unknown;
  readonly onEnter: (key: string, survivesReload: boolean) => void;
  /** Undefined: there is nothing to go back to. */
  readonly onCancel: (() => void) | undefined;
}

export function SignIn({ error, onEnter, onCancel }: SignInProps): JSX.Element {
  const [key, setKey] = useState("");
  const [survivesReload, setSurvivesReload] = useState(false);
  const [complaint, setComplaint] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = "Sign in · Detent";
    input.current?.focus();
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    const entered = key.trim();
    if (!/^[\x21-\x7e]+$/.test(entered)) {
      setComplaint("Enter a key or a token: one word of printable ASCII.");
      input.current?.focus();
      return;
    }
    setComplaint(undefined);
    onEnter(entered, survivesReload);
  };
  return (
    <main class="alone">
      <h1>Sign in to Detent</h1>
      <form class="card stack" onSubmit={submit}>
        <Field
          label="API key or token"
          hint="It begins with dtk_. It stays in this tab, is sent to this server only, and never stands in an address."
          error={complaint}
        >
          {(attributes) => (
            <input
              {...attributes}
              ref={input}
              type="password"
              autocomplete="off"
              spellcheck={false}
              value={key}
              onInput={(event) => setKey(event.currentTarget.value)}
            />
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={survivesReload}
            onChange={(event) => setSurvivesReload(event.currentTarget.checked)}
          />
          Keep it in session storage, until this tab is closed
        </label>
        {error !== undefined && <Problem error={error} />}
        <div class="row">
          <Button kind="primary" type="submit">
            Sign in
          </Button>
          {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        </div>
      </form>
    </main>
  );
}
