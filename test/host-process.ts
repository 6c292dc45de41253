/**
 * A host in a process of its own, so that it can be killed: serves a subject that was built, prints its origin as one line
 * of JSON, and ends when its standard input does: whoever started it is gone then. Reads its orders as its only argument.
 */
import { serveSubject, SUBJECTS } from "./host.ts";

export interface HostOrders {
  readonly subject: keyof typeof SUBJECTS;
  readonly dir: string;
  readonly bindings: Readonly<Record<string, string>>;
}

const { subject, dir, bindings } = JSON.parse(process.argv[2] ?? "") as HostOrders;
process.stdin.resume().once("end", () => process.exit());
const { origin } = await serveSubject(SUBJECTS[subject], dir, bindings);
process.stdout.write(`${JSON.stringify({ origin })}\n`);
