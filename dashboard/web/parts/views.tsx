/** Why: views lie behind a button that few press at once: their list is loaded after the table stands. */
import { useEffect } from 'preact/hooks';
import { ready } from '../store.ts';
import { sitesWords as w } from '../words-sites.ts';
import { lazy } from './lazy.tsx';
import { Pop } from './pop.tsx';

const Named = lazy<object>(() => import('./views-named.tsx').then((module) => module.Named));

export function Views() {
  const isReady = ready.value;
  useEffect(() => {
    if (isReady) Named.begin();
  }, [isReady]);
  return (
    <Pop label={w.views}>
      <Named />
    </Pop>
  );
}
