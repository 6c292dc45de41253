/** The event id of a message that has none: delivered again, it is the same event. */
export function fallbackEventId({ id }: Pick<Message, "id">): string {
  return `message-${id}`;
}
