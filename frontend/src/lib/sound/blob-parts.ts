// A file that is being written, as pieces that the browser may keep on disk: its start may be written again.
import type { StreamTargetChunk } from "mediabunny";

export class BlobParts {
  private readonly parts: { position: number; blob: Blob }[] = [];

  writable(): WritableStream<StreamTargetChunk> {
    return new WritableStream({ write: (chunk) => this.write(chunk) });
  }

  // Pieces in the order in which they were written: a later one covers an earlier one.
  blob(type: string): Blob {
    let whole = new Blob([], { type });
    for (const { position, blob } of this.parts) {
      whole =
        position >= whole.size
          ? new Blob([whole, new Blob([new Uint8Array(position - whole.size)]), blob], { type })
          : new Blob([whole.slice(0, position), blob, whole.slice(position + blob.size)], { type });
    }
    return whole;
  }

  private write(chunk: StreamTargetChunk): void {
    this.parts.push({ position: chunk.position, blob: new Blob([chunk.data.slice()]) });
  }
}
