/** Why: topic strings are built and read here only, so that both ends can never disagree. */
import { isId } from './ids.ts';

export const TOPIC_ROOT = 'carrel/v1';

/** Last levels below `carrel/v1/{probe}/`, with who may publish them. */
export const TOPIC_KINDS = {
  frames: 'probe',
  state: 'probe',
  reported: 'probe',
  'lease/request': 'probe',
  'lease/release': 'probe',
  desired: 'server',
  'lease/grant': 'server',
  'lease/deny': 'server',
} as const satisfies Record<string, 'probe' | 'server'>;
export type TopicKind = keyof typeof TOPIC_KINDS;

export function topicOf(probe: string, kind: TopicKind): string {
  return `${TOPIC_ROOT}/${probe}/${kind}`;
}

/** The probe and kind that a topic names; null for any topic that is not of this contract. */
export function parseTopic(topic: string): { probe: string; kind: TopicKind } | null {
  if (!topic.startsWith(`${TOPIC_ROOT}/`)) return null;
  const rest = topic.slice(TOPIC_ROOT.length + 1);
  const slash = rest.indexOf('/');
  if (slash < 0) return null;
  const probe = rest.slice(0, slash);
  const kind = rest.slice(slash + 1);
  if (!isId(probe) || !isTopicKind(kind)) return null;
  return { probe, kind };
}

function isTopicKind(text: string): text is TopicKind {
  return Object.hasOwn(TOPIC_KINDS, text);
}
