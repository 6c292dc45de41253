/** The console: who uses it, the frame, and the page in it. */
import type { JSX } from "preact";
import { Frame } from "./frame.tsx";
import { NavigationProvider } from "./navigation.tsx";
import { CurrentPage } from "./pages/current-page.tsx";
import { SessionGate } from "./session/session-gate.tsx";
import { ErrorBoundary } from "./ui/error-boundary.tsx";

export function App(): JSX.Element {
  return (
    <ErrorBoundary>
      <NavigationProvider>
        <SessionGate>
          <Frame>
            <CurrentPage />
          </Frame>
        </SessionGate>
      </NavigationProvider>
    </ErrorBoundary>
  );
}
