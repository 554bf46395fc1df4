import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is: `CHROMIUM_PATH`, else where Debian and Ubuntu put it. @throws Error where there is none */
export function chromiumPath(places: readonly string[] = [process.env.CHROMIUM_PATH ?? "", ...PLACES]): string {
  const path = places.find((place) => place !== "" && existsSync(place));
  if (path) return path;
  throw new Error(
    `chromium: expected Chromium at ${PLACES[0]} but found none; install it (Debian: apt-get install chromium) or set CHROMIUM_PATH`,
  );
}
