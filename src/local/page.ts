/** Serves an example's page on this machine: its files as they are, its script bundled. */
import { join } from "node:path";

/** Serves the folder at the port of the loopback interface; `url` is where its script finds the service. Answers what ends it. */
export async function servePage(folder: string, port: number, url: string): Promise<() => Promise<void>> {
  // Only here: `npm start` serves no page.
  const { context } = await import("esbuild");
  const bundle = await context({
    entryPoints: [join(folder, "page.ts")],
    bundle: true,
    format: "esm",
    outdir: folder,
    write: false,
    define: { DETENT_URL: JSON.stringify(url) },
  });
  await bundle.serve({ servedir: folder, host: "127.0.0.1", port });
  return () => bundle.dispose();
}
