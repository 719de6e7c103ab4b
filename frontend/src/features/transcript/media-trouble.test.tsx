// What is said of a recording that plays in part only.
import { fireEvent, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { renderPage } from "../../testing/render";
import { NoSound } from "./media-trouble";

describe("a picture without its sound", () => {
  const at = (seconds: number, decodedBytes: number) => {
    const video = document.createElement("video");
    Object.assign(video, { currentTime: seconds, webkitAudioDecodedByteCount: decodedBytes });
    renderPage(<NoSound media={video} />);
    fireEvent.timeUpdate(video);
  };
  it("is called so once nothing was decoded of it", () => {
    at(1.5, 0);
    expect(screen.getByRole("status").textContent).toBe("This browser cannot play the sound of this file.");
  });
  it("is not called so before it could be, nor where there is sound", () => {
    at(0.5, 0);
    at(1.5, 4096);
    expect(screen.queryByRole("status")).toBeNull();
  });
});
