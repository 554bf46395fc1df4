/** What the page does when it is opened: it asks what lies beside it, lists the models, and follows `?url=`. */
import { keptModels, readKept } from "./kept.ts";
import { list } from "./models.ts";
import { messageOf, notify } from "./notices.ts";
import { openUrl } from "./opening.ts";
import { fetchFiles, readSite, site } from "./site.ts";

export async function start(): Promise<void> {
  const kept = keptModels().catch((error: unknown) => {
    notify({ kind: "error", detail: messageOf(error) });
    return [];
  });
  const found = await readSite();
  const { model } = found;
  if (model) list({ name: model.name, source: "site", load: () => fetchFiles("model/", model.files) });
  for (const name of await kept) list({ name, source: "browser", load: () => readKept(name) });
  // Only now does a model that is not listed count as missing.
  site.set({ ...found, isKnown: true });
  const url = new URLSearchParams(location.search).get("url");
  if (url !== null) await openUrl(url);
}
