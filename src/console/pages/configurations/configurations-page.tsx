import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function ConfigurationsPage(): JSX.Element {
  return <Page title="Configurations">…</Page>;
}
