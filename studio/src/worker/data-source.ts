import { text } from "fovea/data";

/** A file that someone has chosen, as a reader reads it: packed ones are unpacked. @throws DataError for damaged ones */
export async function dataSource(owner: string, name: string, data: Blob | Uint8Array): Promise<text.ByteSource> {
  const source = data instanceof Blob ? text.blobSource(name, data) : text.memorySource(name, data);
  return text.isGzip({ name }) ? text.unpackGzip(source, { owner }) : source;
}
