/** Why: canvases are drawn anew when the system changes its theme. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** Whether the system asks for dark. */
export function useDark(): boolean {
  const query = useRef(matchMedia('(prefers-color-scheme: dark)'));
  const [dark, setDark] = useState(query.current.matches);
  useEffect(() => {
    const media = query.current;
    const change = () => setDark(media.matches);
    media.addEventListener('change', change);
    return () => media.removeEventListener('change', change);
  }, []);
  return dark;
}
