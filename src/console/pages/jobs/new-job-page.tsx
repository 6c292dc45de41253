/** Doing the same to many machines: first as a trial. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { Page } from "../../ui/page.tsx";
import { NewJobForm } from "./new-job-form.tsx";

const CRUMBS = [{ to: hrefOf("jobs"), text: "Jobs" }];

export default function NewJobPage(): JSX.Element {
  return (
    <Page title="New job" crumbs={CRUMBS} lead="Sends an event to many machines, migrates them or deletes them.">
      <NeedsScope scope="ops" what="Jobs">
        <NewJobForm />
      </NeedsScope>
    </Page>
  );
}
