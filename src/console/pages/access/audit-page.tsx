import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function AuditPage(): JSX.Element {
  return <Page title="Audit">…</Page>;
}
