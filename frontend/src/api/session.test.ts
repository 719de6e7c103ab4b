// The session: opened once, remembered, renewed when the server has forgotten it.
import { beforeEach, describe, expect, it } from "vitest";
import { fakeFetch, kSession } from "../testing/fake-fetch";
import { client, unwrap } from "./client";
import { connectionStore } from "./connection";
import { ApiError } from "./errors";
import { ensureSession, forgetSession, sessionToken } from "./session";

beforeEach(() => {
  forgetSession();
  connectionStore.set("offline"); // no probe of its own in these tests
});

const list = () => unwrap(client.GET("/api/v1/jobs"));

describe("the session", () => {
  it("is opened once for many callers and sent with every call", async () => {
    const calls = fakeFetch({ "POST /api/v1/session": kSession, "GET /api/v1/jobs": { body: { jobs: [], total: 0 } } });
    await Promise.all([list(), list()]);
    expect(calls.map(({ key }) => key).filter((key) => key.startsWith("POST"))).toHaveLength(1);
    expect(calls.filter(({ key }) => key.startsWith("GET")).map(({ session }) => session)).toEqual(["token-1", "token-1"]);
  });
  it("is remembered and named when the page opens again", async () => {
    const calls = fakeFetch({ "POST /api/v1/session": kSession });
    await ensureSession();
    forgetSession();
    await ensureSession();
    expect(sessionToken()).toBe("token-1");
    expect(calls.map(({ session }) => session)).toEqual([null, "token-1"]);
  });
  it("is opened again when the server no longer knows it, and the call repeated", async () => {
    let isKnown = false;
    const calls = fakeFetch({
      "POST /api/v1/session": kSession,
      "POST /api/v1/jobs": () => {
        if (isKnown) return { status: 201, body: { id: "a" } };
        isKnown = true;
        return { status: 401, body: { error: { code: "unauthorized", message: "no session", param: null } } };
      },
    });
    await unwrap(client.POST("/api/v1/jobs", { body: { upload: "u" } }));
    expect(calls.map(({ key }) => key)).toEqual(["POST /api/v1/session", "POST /api/v1/jobs", "POST /api/v1/session", "POST /api/v1/jobs"]);
    expect(calls[3]?.body).toBe('{"upload":"u"}');
  });
});

describe("errors", () => {
  it("carry the server's code and message", async () => {
    const body = { error: { code: "disk_full", message: "no space", param: null } };
    fakeFetch({ "POST /api/v1/session": kSession, "GET /api/v1/jobs": { status: 507, body } });
    await expect(list()).rejects.toEqual(new ApiError("disk_full", "no space", 507));
  });
  it("are understood when a proxy answers with a page of its own", async () => {
    fakeFetch({ "POST /api/v1/session": kSession, "GET /api/v1/jobs": { status: 502, body: "<html>Bad gateway</html>" } });
    await expect(list()).rejects.toMatchObject({ code: "unavailable" });
  });
  it("call silence a lost connection", async () => {
    fakeFetch({ "POST /api/v1/session": kSession, "GET /api/v1/jobs": "silence" });
    await expect(list()).rejects.toMatchObject({ code: "network" });
  });
});
