import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function OverviewPage(): JSX.Element {
  return <Page title="Overview">…</Page>;
}
