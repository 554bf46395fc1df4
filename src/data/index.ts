/**
 * Data in and out: generators, readers of text and tokenizers (`text`), and the files that models are kept in. Portable but for `node-*.ts`
 * (`web-*.ts` keep files in browsers, and in memory elsewhere); may import `tensor/` … `models/`.
 */
export * as dates from "./dates/index.ts";
export { type Folder, filesFolder, memoryFolder } from "./folder.ts";
export * as generators from "./generators/index.ts";
export * as knownAnswers from "./known-answers/index.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
export * as text from "./text/index.ts";
export { listWebFolders, removeWebFolder, webFolder, webFolderKind } from "./web-folder.ts";
export { folderFromZip, zipFolder } from "./zip.ts";
