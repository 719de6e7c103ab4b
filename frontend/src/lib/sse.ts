// Server-sent events out of a stream of text, as the WHATWG HTML standard, section 9.2.6, says.
// Our own, because EventSource cannot send the session header.
export interface SseMessage {
  event: string;
  data: string;
  id: string | null; // null: the stream has named none so far
}

export class SseParser {
  private rest = "";
  private event = "";
  private data: string[] = [];
  private lastId: string | null = null;
  private endedWithReturn = false;
  retryMs: number | null = null;

  constructor(private readonly onMessage: (message: SseMessage) => void) {}

  push(text: string): void {
    // A "\r\n" may be cut between two chunks: the "\n" that follows belongs to the line that "\r" ended.
    let chunk = text;
    if (this.endedWithReturn && chunk.startsWith("\n")) chunk = chunk.slice(1);
    if (text !== "") this.endedWithReturn = text.endsWith("\r");
    const lines = (this.rest + chunk).split(/\r\n|\r|\n/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.lastId = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
  }

  private dispatch(): void {
    const { event, data, lastId } = this;
    this.event = "";
    this.data = [];
    if (data.length > 0) this.onMessage({ event: event || "message", data: data.join("\n"), id: lastId });
  }
}
