/** Why: what is chosen seldom lies behind a button: it opens below it, and Escape or leaving it closes it. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

interface PopProps {
  label: string;
  /** The key that opens and closes it. */
  shortcut?: string;
  children: ComponentChildren;
}
export function Pop({ label, shortcut, children }: PopProps) {
  const box = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(false);
  const close = () => {
    if (box.current) box.current.open = false;
  };
  return (
    <details
      ref={box}
      class="opens"
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !box.current?.open) return;
        close();
        box.current.querySelector('summary')?.focus();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget instanceof Node && !box.current?.contains(event.relatedTarget)) close();
      }}
    >
      <summary class="btn" aria-keyshortcuts={shortcut}>
        {label}
      </summary>
      {open ? <div class="panel pad">{children}</div> : null}
    </details>
  );
}
