// The stream goes on after the last event seen, however it was cut.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { connectionStore } from "./connection";
import { followEvents } from "./event-stream";
import { forgetSession } from "./session";

const asStream = (text: string) => new Response(text, { headers: { "Content-Type": "text/event-stream" } });

beforeEach(() => {
  forgetSession();
  connectionStore.set("offline");
  vi.spyOn(Math, "random").mockReturnValue(0);
});

function play(answers: (() => Response)[]) {
  const resumedAfter: (string | null)[] = [];
  vi.stubGlobal(
    "fetch",
    vi.fn((input: RequestInfo | URL) => {
      const request = input instanceof Request ? input : null;
      if (!request) return Promise.resolve(Response.json({ token: "t", is_new: true }));
      resumedAfter.push(request.headers.get("Last-Event-ID"));
      const answer = answers.shift();
      return answer ? Promise.resolve().then(answer) : Promise.reject(new TypeError("network"));
    }),
  );
  return resumedAfter;
}

async function collect(until: string): Promise<string[]> {
  const seen: string[] = [];
  await followEvents({
    jobId: "a",
    signal: new AbortController().signal,
    onMessage: ({ data }) => {
      seen.push(data);
      return data !== until;
    },
  });
  return seen;
}

describe("followEvents", () => {
  it("resumes after the last event when the server ends the stream", async () => {
    const resumed = play([() => asStream("id: 4\ndata: a\n\n"), () => asStream("id: 5\ndata: b\n\n")]);
    expect(await collect("b")).toEqual(["a", "b"]);
    expect(resumed).toEqual([null, "4"]);
  });
  it("tries again after errors and silence", async () => {
    const silence = () => {
      throw new TypeError("network");
    };
    const resumed = play([() => asStream("id: 4\ndata: a\n\n"), silence, () => new Response("busy", { status: 503 }), () => asStream("id: 9\ndata: z\n\n")]);
    expect(await collect("z")).toEqual(["a", "z"]);
    expect(resumed).toEqual([null, "4", "4", "4"]);
  });
  it("ends when its caller stops, also where AbortSignal.any is not known", async () => {
    Object.defineProperty(AbortSignal, "any", { configurable: true, value: undefined });
    const caller = new AbortController();
    const listening = (request: Request) =>
      new Promise<Response>((_, reject) => {
        request.signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
        caller.abort();
      });
    vi.stubGlobal("fetch", (input: RequestInfo) => (input instanceof Request ? listening(input) : Promise.resolve(Response.json({ token: "t" }))));
    await followEvents({ jobId: "a", signal: caller.signal, onMessage: () => true });
    expect(caller.signal.aborted).toBe(true);
  });
  it("ends when the job is gone", async () => {
    play([() => new Response("{}", { status: 404 })]);
    expect(await collect("never")).toEqual(["{}"]); // of the event "deleted"
  });
});
