import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function NewConfigurationPage(): JSX.Element {
  return <Page title="NewConfiguration">…</Page>;
}
