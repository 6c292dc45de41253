/** `name:version` in its parts; neither has a colon in it. */

export function versionOf(configId: string): string {
  return configId.slice(configId.lastIndexOf(":") + 1);
}
