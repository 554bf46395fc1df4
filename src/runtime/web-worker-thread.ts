import { serveWebWorker } from "./web-worker-serve.ts";

serveWebWorker();
