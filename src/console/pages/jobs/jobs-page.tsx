import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function JobsPage(): JSX.Element {
  return <Page title="Jobs">…</Page>;
}
