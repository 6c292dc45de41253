/** What is told of an export as JSON: what the JSON routes answer, with its type. One line each. */
import * as out from "./output.ts";
import type { ExportMessage } from "./service/export.ts";

/** A line, without its end. */
export function exportLine(message: ExportMessage): string {
  return JSON.stringify({ type: message.type, ...membersOf(message) });
}

function membersOf(message: ExportMessage): object {
  switch (message.type) {
    case "tenant":
      return out.tenantJson(message.tenant);
    case "configuration":
      return out.configurationJson(message.configuration);
    case "machine": {
      const { configuration, id } = message.name;
      if ("machine" in message) {
        const { statemachine } = out.machineJson({ id, machine: message.machine, historyToken: "" });
        const { history: _history, history_next_page_token: _token, ...rest } = statemachine;
        return { configuration, id, statemachine: rest };
      }
      const { goneAt } = message;
      return { configuration, id, gone: true, ...(goneAt !== null && { gone_at: out.timeOf(goneAt) }) };
    }
    case "history":
      return { ...message.name, ...out.historyJson(message.item) };
    case "receipt":
    case "failure":
      return out.receiptJson(message.receipt);
    case "transition":
      return out.transitionJson(message.transition);
    case "dead_letter":
      return out.deadLetterJson(message.letter);
    case "job":
      return out.jobJson(message.job);
    case "job_refusal": {
      const { id, reason, message: text } = message.refusal;
      return { job: message.job, id, reason, message: text };
    }
    case "key":
      return out.keyJson(message.key);
    case "audit":
      return out.auditJson(message.entry);
    case "cursor":
      return { cursor: message.cursor };
    case "end":
      return { counts: message.counts };
    default:
      return message satisfies never;
  }
}
