/** Why: canvases are drawn anew when the system changes its theme, or forces its own colours on pages. */
import { useEffect, useState } from 'preact/hooks';

const WAYS = ['(prefers-color-scheme: dark)', '(forced-colors: active)'];
const now = (): string => WAYS.map((way) => matchMedia(way).matches).join();

/** Another text for each of the system's ways. */
export function useGround(): string {
  const [ground, setGround] = useState(now);
  useEffect(() => {
    const media = WAYS.map((way) => matchMedia(way));
    const change = () => setGround(now());
    for (const one of media) one.addEventListener('change', change);
    return () => {
      for (const one of media) one.removeEventListener('change', change);
    };
  }, []);
  return ground;
}
