import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function FailuresPage(): JSX.Element {
  return <Page title="Failures">…</Page>;
}
