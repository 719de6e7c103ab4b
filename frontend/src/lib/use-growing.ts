// Whether a number has grown of late: somebody, somewhere, is still at it.
import { useEffect, useRef, useState } from "react";

const kStillMs = 20_000;

export function useGrowing(value: number): boolean {
  const [isGrowing, setGrowing] = useState(false);
  const last = useRef(value);
  useEffect(() => {
    if (value === last.current) return;
    const hasGrown = value > last.current;
    last.current = value;
    setGrowing(hasGrown);
    const timer = setTimeout(() => setGrowing(false), kStillMs);
    return () => clearTimeout(timer);
  }, [value]);
  return isGrowing;
}
