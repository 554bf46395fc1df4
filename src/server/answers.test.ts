import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { testAnswer, testModel } from "../cli/context.fixture.ts";
import type { OpenModel } from "../tasks/recipe.ts";
import { parts, type TestServer, testServer } from "./server.fixture.ts";

const json = { "Content-Type": "application/json" };

async function ask(path: string, body: string, options: { model?: OpenModel; headers?: Record<string, string> } = {}) {
  const { model = testModel(), headers = json } = options;
  const server = await testServer({ model });
  const response = await server.ask(path, { method: "POST", body, headers });
  return { status: response.status, body: await response.json(), faults: server.faults.map(({ message }) => message) };
}

test("predict answers each text in its place", async () => {
  const { status, body } = await ask("/api/predict", JSON.stringify({ texts: ["9 may 1998", "", "10 may"] }));
  expect(status).toBe(200);
  expect(body.predictions).toEqual([
    { text: "9 may 1998", output: "1998-05-09", confidence: 0.993, certain: true, valid: true },
    { text: "", error: "text: expected 1 to 30 characters but found 0" },
    { text: "10 may", output: "1998-05-09", confidence: 0.993, certain: true, valid: true },
  ]);
});

test("explain hands on text and change, and gives weights as a list", async () => {
  const model = testModel();
  const plain = await model.explain("9 may");
  const asked = vi.fn(async () => ({ ...plain, map: { ...plain.map, weights: Float32Array.of(0.25, 0.75) } }));
  const change = { masked: [0], forced: [{ step: 1, weights: [0, 1] }], written: [{ step: 0, token: "2" }] };
  const question = JSON.stringify({ text: "9 may", change });
  const { status, body } = await ask("/api/explain", question, { model: { ...model, explain: asked } });
  expect(status).toBe(200);
  expect(body).toMatchObject({ prediction: plain.prediction, map: { weights: [0.25, 0.75] } });
  expect(asked).toHaveBeenCalledExactlyOnceWith("9 may", change);
});

test("questions are answered one after the other", async () => {
  let inside = 0;
  let most = 0;
  const model: OpenModel = {
    ...testModel(),
    async explain(text) {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
      return testModel().explain(text);
    },
  };
  const server = await testServer({ model });
  const init = { method: "POST", body: JSON.stringify({ text: "9 may" }), headers: json };
  const answers = await Promise.all([1, 2, 3].map(() => server.ask("/api/explain", init)));
  expect({ statuses: answers.map(({ status }) => status), most }).toEqual({ statuses: [200, 200, 200], most: 1 });
});

describe("who does not wait for the answer", () => {
  const ask = (server: TestServer, signal: AbortSignal, [path, body]: readonly [string, object]) =>
    server.ask(path, { method: "POST", body: JSON.stringify(body), headers: json, signal }).catch(() => undefined);

  test("of many texts ends it", async () => {
    let read = 0;
    const model: OpenModel = {
      ...testModel(),
      async *predict() {
        for (; ; read++) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          yield testAnswer("9 may");
        }
      },
    };
    const server = await testServer({ model });
    const leave = new AbortController();
    const asked = ask(server, leave.signal, ["/api/predict", { texts: ["9 may"] }]);
    await vi.waitFor(() => expect(read).toBeGreaterThan(2));
    leave.abort();
    await asked;
    await vi.waitFor(async () => {
      const before = read;
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(read).toBe(before);
    });
    expect(server.faults).toEqual([]);
  });

  test("in the middle of the question is no fault", async () => {
    const server = await testServer({ model: testModel() });
    const socket = connect(server.port, "127.0.0.1");
    const head = `POST /api/predict HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: application/json`;
    await new Promise<void>((resolve) => socket.write(`${head}\r\nContent-Length: 99\r\n\r\n{"texts`, () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.faults).toEqual([]);
    expect((await server.ask("/studio.json")).status).toBe(200);
  });

  test("before its turn is passed over", async () => {
    const asked: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const model: OpenModel = {
      ...testModel(),
      async explain(text) {
        asked.push(text);
        if (text === "first") await held;
        return testModel().explain(text);
      },
    };
    const server = await testServer({ model });
    const stay = new AbortController();
    const first = ask(server, stay.signal, ["/api/explain", { text: "first" }]);
    await vi.waitFor(() => expect(asked).toEqual(["first"]));
    const leave = new AbortController();
    const second = ask(server, leave.signal, ["/api/explain", { text: "second" }]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    leave.abort();
    await second;
    const third = ask(server, stay.signal, ["/api/explain", { text: "third" }]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    expect([(await first)?.status, (await third)?.status]).toEqual([200, 200]);
    expect(asked).toEqual(["first", "third"]);
  });
});

describe("refused", () => {
  test.each([
    ["/api/predict", "{", /^server: expected JSON but found damage \(.+\)$/],
    ["/api/predict", "", /^server: expected JSON but found damage \(.+\)$/],
    ["/api/predict", "[]", /^server: expected the body to be an object but found an empty list$/],
    [
      "/api/predict",
      '{"texts":[]}',
      /^server: expected texts to be a list of at least 1 element but found an empty list$/,
    ],
    ["/api/predict", '{"texts":["a",7]}', /^server: expected texts\.1 to be a string but found 7$/],
    ["/api/predict", '{"text":"a"}', /^server: expected texts to be a list but found nothing$/],
    [
      "/api/predict",
      '{"texts":["a"],"more":1}',
      /^server: expected the body to be without other fields but found "more"$/,
    ],
    ["/api/explain", '{"text":3}', /^server: expected text to be a string but found 3$/],
    [
      "/api/explain",
      '{"text":"a","change":{"masked":[-1]}}',
      /^server: expected change\.masked\.0 to be a number from 0 on but found -1$/,
    ],
    [
      "/api/explain",
      '{"text":"a","change":{"forced":[{"step":0,"weights":[-1]}]}}',
      /^server: expected change\.forced\.0\.weights\.0 to be a number from 0 on but found -1$/,
    ],
    ["/api/explain", '{"text":""}', /^text: expected 1 to 30 characters but found 0$/],
  ])("%s %s with 400", async (path, question, error) => {
    expect(await ask(path, question)).toEqual({
      status: 400,
      body: { error: expect.stringMatching(error) },
      faults: [],
    });
  });

  test("a change of what is not there with 400", async () => {
    const explain = async () => {
      throw new RangeError("explain: expected a step from 0 to 9 but found 12");
    };
    const answer = await ask("/api/explain", '{"text":"9 may"}', { model: { ...testModel(), explain } });
    expect(answer).toEqual({
      status: 400,
      body: { error: "explain: expected a step from 0 to 9 but found 12" },
      faults: [],
    });
  });

  test("a fault of the program with 500, whose words only the terminal hears", async () => {
    const explain = async () => {
      throw new Error("session: gone");
    };
    const answer = await ask("/api/explain", '{"text":"9 may"}', { model: { ...testModel(), explain } });
    const error = "server: expected no fault but found one; the terminal tells which";
    expect(answer).toEqual({ status: 500, body: { error }, faults: ["session: gone"] });
  });

  test.each([
    [{ "Content-Type": "text/plain" }, "text/plain"],
    [{ "Content-Type": "application/x-www-form-urlencoded" }, "application/x-www-form-urlencoded"],
  ])("%j with 415", async (headers, found) => {
    const answer = await ask("/api/predict", '{"texts":["a"]}', { headers });
    const error = `server: expected a body of application/json but found ${found}`;
    expect(answer).toMatchObject({ status: 415, body: { error } });
  });

  test("GET with 405", async () => {
    const { request } = await testServer({ model: testModel() });
    const { status, head, body } = parts(await request("GET /api/predict"));
    expect(status).toBe(405);
    expect(head).toContain("allow: post");
    expect(JSON.parse(body)).toEqual({ error: "server: expected POST but found GET" });
  });
});

describe("a body that is too long", () => {
  const error = "server: expected a body of at most 65536 bytes but found more; ask in parts";
  const question = (length: number) => JSON.stringify({ texts: ["x".repeat(length - '{"texts":[""]}'.length)] });

  test("just fits", async () => {
    const { status, body } = await ask("/api/predict", question(2 ** 16));
    expect([status, body.predictions.length]).toEqual([200, 1]);
  });

  test("is refused by its length", async () => {
    expect(await ask("/api/predict", question(2 ** 16 + 1))).toMatchObject({ status: 413, body: { error } });
  });

  test("is refused before it has come", async () => {
    const { request } = await testServer({ model: testModel() });
    const { status, body } = parts(
      await request("POST /api/predict", { ...json, "Content-Length": "9999999999" }, "{"),
    );
    expect([status, JSON.parse(body)]).toEqual([413, { error }]);
  });

  test("is refused in parts whose sum nobody told", async () => {
    const { request } = await testServer({ model: testModel() });
    const part = `4000\r\n${"x".repeat(2 ** 14)}\r\n`;
    const answer = await request("POST /api/predict", { ...json, "Transfer-Encoding": "chunked" }, part.repeat(6));
    const { status, head, body } = parts(answer);
    expect(status).toBe(413);
    expect(head).toContain("x-content-type-options: nosniff");
    expect(body).toContain(error);
  });
});
