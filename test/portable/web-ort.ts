import ort from "onnxruntime-web/wasm";

/** In browsers, what the package `onnxruntime-node` exports, as quiet as that is, for tests that call it themselves. */
export const Tensor: typeof ort.Tensor = ort.Tensor;

export const InferenceSession = {
  /** Sessions whose runs print no warning. */
  async create(bytes: Uint8Array, options?: ort.InferenceSession.SessionOptions): Promise<ort.InferenceSession> {
    const session = await ort.InferenceSession.create(bytes, options);
    const run = session.run.bind(session);
    return Object.assign(session, {
      run: (feeds: ort.InferenceSession.FeedsType) => run(feeds, { logSeverityLevel: 4 }),
    });
  },
};

interface Package {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof ort.Tensor;
}

const all: Package = { InferenceSession, Tensor };

// biome-ignore lint/style/noDefaultExport: so does the package
export default all;
