/**
 * The licences of what is bundled into the studio, its workers included, which have to come along with it: `licenses.md` beside the
 * page. A part of the studio's build (`studio/vite.config.ts`).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Packages without a licence in a file of their own: who holds the rights, and where the notices of their parts are. */
const HOLDERS = {
  "@bufbuild/protobuf":
    "Copyright 2021-2026 Buf Technologies, Inc.; Apache License 2.0: https://www.apache.org/licenses/LICENSE-2.0. Parts: Copyright 2008 Google Inc., BSD 3-Clause: https://github.com/protocolbuffers/protobuf/blob/main/LICENSE",
  "onnxruntime-common": "Copyright (c) Microsoft Corporation",
  "onnxruntime-web":
    "Copyright (c) Microsoft Corporation; its parts: https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt",
};

const PACKAGE = /^(.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))[\\/]/;

/** Plugins for the page's build and for that of its workers: both gather what they bundle, the page's writes it down. */
export function licenses() {
  const folders = new Map();
  const gather = (bundle) => {
    for (const { moduleIds = [] } of Object.values(bundle)) {
      for (const [, folder, name] of moduleIds.map((id) => PACKAGE.exec(id) ?? [])) {
        if (name) folders.set(name.replaceAll("\\", "/"), folder);
      }
    }
  };
  const worker = { name: "gather-licenses", generateBundle: (_, bundle) => gather(bundle) };
  const page = {
    name: "write-licenses",
    generateBundle(_, bundle) {
      gather(bundle);
      const source = [...folders].sort().map(([name, folder]) => licenseOf(name, folder));
      this.emitFile({ type: "asset", fileName: "licenses.md", source: `# Licences\n\n${source.join("\n\n")}\n` });
    },
  };
  return { page, worker };
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** @throws Error for a package that does not say what its licence is */
function licenseOf(name, folder) {
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : HOLDERS[name];
  if (!license || !text)
    throw new Error(`licences: expected the licence of ${name} but found none; name its holder here`);
  return `## ${name} ${version} (${license.replace(/^\(|\)$/g, "")})\n\n${text}${!file && license === "MIT" ? `\n\n${MIT}` : ""}`;
}
