/** What the page does when it is opened: it asks what lies beside it, lists the models, and follows `?url=`. */
import { keptModels, readKept } from "./kept.ts";
import { list } from "./models.ts";
import { openUrl } from "./opening.ts";
import { fetchFiles, readSite } from "./site.ts";

export async function start(): Promise<void> {
  const { model } = await readSite();
  if (model) list({ name: model.name, source: "site", load: () => fetchFiles("model/", model.files) });
  for (const { name } of await keptModels()) list({ name, source: "browser", load: () => readKept(name) });
  const url = new URLSearchParams(location.search).get("url");
  if (url !== null) await openUrl(url);
}
