import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function ConfigurationPage(): JSX.Element {
  return <Page title="Configuration">…</Page>;
}
