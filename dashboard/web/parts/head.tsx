/** Why: the answer is the title: the page's first heading and the browser's tab say the same. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { words } from '../words.ts';

interface HeadProps {
  title: string;
  under?: ComponentChildren;
  acts?: ComponentChildren;
}

export function Head({ title, under, acts }: HeadProps) {
  useTitle(title);
  return (
    <div class="head">
      <div>
        <h1>{title}</h1>
        {under}
      </div>
      {acts ? <div class="acts">{acts}</div> : null}
    </div>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title]);
}
