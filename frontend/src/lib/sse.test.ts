// The event stream parser, against the cases of the WHATWG standard.
import { describe, expect, it } from "vitest";
import { SseParser, type SseMessage } from "./sse";

function parse(...chunks: string[]): SseMessage[] {
  const messages: SseMessage[] = [];
  const parser = new SseParser((message) => messages.push(message));
  for (const chunk of chunks) parser.push(chunk);
  return messages;
}

describe("SseParser", () => {
  it("gives type, data and id of a message", () => {
    expect(parse('id: 17\nevent: progress\ndata: {"a":1}\n\n')).toEqual([{ event: "progress", data: '{"a":1}', id: "17" }]);
  });
  it("joins several data lines with line breaks", () => {
    expect(parse("data: one\ndata: two\n\n")[0]?.data).toBe("one\ntwo");
  });
  it("keeps the last id for messages that have none", () => {
    expect(parse("id: 3\ndata: a\n\ndata: b\n\n").map((message) => message.id)).toEqual(["3", "3"]);
  });
  it("skips comments and messages without data", () => {
    expect(parse(": ping\n\nevent: state\n\ndata: x\n\n")).toEqual([{ event: "message", data: "x", id: null }]);
  });
  it("puts together what was cut at any place", () => {
    const text = "id: 5\r\nevent: state\r\ndata: {\"name\":\"Лекция\"}\r\n\r\n";
    for (let cut = 0; cut <= text.length; cut++) {
      expect(parse(text.slice(0, cut), text.slice(cut))).toEqual([{ event: "state", data: '{"name":"Лекция"}', id: "5" }]);
    }
  });
  it("takes carriage returns alone as line ends", () => {
    expect(parse("data: a\r\rdata: b\r\r")).toHaveLength(2);
  });
  it("removes one leading space of a value, no more", () => {
    expect(parse("data:  a\n\ndata:b\n\n").map((message) => message.data)).toEqual([" a", "b"]);
  });
  it("reads the pause before a reconnection", () => {
    const parser = new SseParser(() => undefined);
    parser.push("retry: 1000\n\nretry: soon\n\n");
    expect(parser.retryMs).toBe(1000);
  });
  it("drops a message that was cut off by the end", () => {
    expect(parse("data: whole\n\ndata: half")).toHaveLength(1);
  });
});
