import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function DeadLettersPage(): JSX.Element {
  return <Page title="DeadLetters">…</Page>;
}
