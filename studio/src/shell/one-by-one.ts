import { useEffect, useState } from "preact/hooks";

/** Counts up to `most`, one a task: views that are drawn for the first time come one after the other, and the page stays awake. */
export function useOneByOne(most: number): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (count >= most) return;
    const timer = setTimeout(() => setCount(count + 1), 16);
    return () => clearTimeout(timer);
  }, [count, most]);
  return Math.min(count, most);
}
