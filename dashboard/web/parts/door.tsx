/** Why: the frame of what stands before the sign-in: a name, one panel, one form. */
import type { ComponentChildren } from 'preact';
import { words } from '../words.ts';
import { Icon } from './marks.tsx';

export const Door = ({ title, text, children }: { title: string; text: string; children: ComponentChildren }) => (
  <div class="setup door">
    <header>
      <a class="brand" href="/">
        <Icon id="logo" />
        {words.product}
      </a>
    </header>
    <main id="main" class="bare">
      <div class="head">
        <div>
          <h1>{title}</h1>
          <p>{text}</p>
        </div>
      </div>
      <div class="panel">{children}</div>
      <footer class="pagefoot">
        <a href="/accessibility" target="_self">
          {words.frame.accessibility}
        </a>
      </footer>
    </main>
  </div>
);
