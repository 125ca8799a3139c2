// The server's views, as they come.
import { useEffect, useState } from "preact/hooks";
import type { View } from "../contract";
import { address } from "./api";

export interface Stream {
  /** The newest; `null` until the first has come. */
  view: View | null;
  /** Since when (epoch, ms) nothing comes; `null` while connected. */
  lost_since: number | null;
}

const AGAIN_MS = 2000;

/** Listens, and connects anew for as long as the page is open. */
export function useStream(): Stream {
  const [stream, setStream] = useState<Stream>({ view: null, lost_since: null });
  useEffect(() => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      source = new EventSource(address("/api/events"));
      source.addEventListener("view", (event) => {
        const view = JSON.parse((event as MessageEvent<string>).data) as View;
        setStream({ view, lost_since: null });
      });
      source.addEventListener("error", () => {
        setStream(({ view, lost_since }) => ({ view, lost_since: lost_since ?? Date.now() }));
        // The browser gives up on an answer that is no stream; this page does not.
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, AGAIN_MS);
      });
    };
    connect();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, []);
  return stream;
}
