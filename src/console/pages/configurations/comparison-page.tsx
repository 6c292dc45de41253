import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function ComparisonPage(): JSX.Element {
  return <Page title="Comparison">…</Page>;
}
