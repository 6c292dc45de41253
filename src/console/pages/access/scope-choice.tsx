/** Which scopes something is to have. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { Scope } from "../../session/scope.ts";
import { useSession } from "../../session/session.ts";
import { SCOPES } from "./scopes.ts";

interface ScopeChoiceProps {
  readonly of: readonly Scope[];
  readonly chosen: ReadonlySet<Scope>;
  readonly onChoose: (chosen: ReadonlySet<Scope>) => void;
  readonly error: string | undefined;
}

/** What the credential itself has not it cannot give; the root key gives every one. */
export function ScopeChoice({ of: scopes, chosen, onChoose, error }: ScopeChoiceProps): JSX.Element {
  const { principal, lacks } = useSession();
  const id = useId();
  const toggle = (scope: Scope, isChosen: boolean): void => {
    const next = new Set(chosen);
    if (isChosen) next.add(scope);
    else next.delete(scope);
    onChoose(next);
  };
  return (
    <fieldset class="wide scopes" data-invalid={error ? true : undefined} aria-describedby={error && `${id}-error`}>
      <legend>Scopes</legend>
      {scopes.map((scope) => {
        const lack = principal.root ? undefined : lacks(scope);
        return (
          <div class="check" key={scope}>
            <input
              id={`${id}-${scope}`}
              type="checkbox"
              checked={chosen.has(scope)}
              disabled={lack !== undefined}
              aria-describedby={`${id}-${scope}-hint`}
              onChange={(event) => toggle(scope, event.currentTarget.checked)}
            />
            <div>
              <label for={`${id}-${scope}`}>
                <code>{scope}</code>
              </label>
              <div class="hint" id={`${id}-${scope}-hint`}>
                {SCOPES[scope]}
                {lack !== undefined && " This credential does not have it, and so cannot give it."}
              </div>
            </div>
          </div>
        );
      })}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
