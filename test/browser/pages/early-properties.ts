import { DATE_MAP } from "../../../src/views/date-map.fixture.ts";

/** An element that stands in the page, with a property, before its class is known. */
const element = document.querySelector("fovea-attention-map") as HTMLElement & { map: unknown };
element.map = DATE_MAP;
await import("../../../src/views/elements/attention-map.ts");
Object.assign(globalThis, { isReady: true });
