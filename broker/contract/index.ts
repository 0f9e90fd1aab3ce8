/** The front door of the wire contract: words, topics, frames, API shapes. Imports nothing outside this folder. */
export * from './alerts.ts';
export * from './api.ts';
export * from './control.ts';
export * from './delivery.ts';
export * from './events.ts';
export * from './frame.ts';
export * from './ids.ts';
export * from './json.ts';
export * from './local-time.ts';
export * from './metrics.ts';
export * from './opening.ts';
export * from './spans.ts';
export * from './speed.ts';
export * from './topics.ts';
