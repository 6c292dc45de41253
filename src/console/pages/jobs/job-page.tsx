import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function JobPage(): JSX.Element {
  return <Page title="Job">…</Page>;
}
