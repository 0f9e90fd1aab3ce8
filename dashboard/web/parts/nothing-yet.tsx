/** Why: where there is nothing, who may add says so and is led there; whoever may not is told whom to ask. */
import type { ComponentChildren } from 'preact';
import { mayAdminister } from '../rights.ts';
import { words } from '../words.ts';
import { Empty } from './answers.tsx';

interface NothingProps {
  title?: string;
  text?: string;
  /** The way to add something. */
  children: ComponentChildren;
}
export const NothingYet = ({ title = words.sites.empty, text = words.sites.emptyText, children }: NothingProps) =>
  mayAdminister() ? (
    <Empty title={title} text={text}>
      {children}
    </Empty>
  ) : (
    <Empty title={title} text={words.sites.emptyAsk} />
  );
