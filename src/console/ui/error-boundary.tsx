/** A fault of the console itself is told, instead of an empty page. */
import type { ComponentChildren, JSX } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { Button } from "./button.tsx";
import { Problem } from "./problem.tsx";

export function ErrorBoundary({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [error] = useErrorBoundary();
  if (error === undefined) return <>{children}</>;
  return (
    <div class="stack">
      <Problem error={error} />
      <div>
        <Button onClick={() => location.reload()}>Load the console anew</Button>
      </div>
    </div>
  );
}
