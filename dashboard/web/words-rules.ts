/** Why: the words about editing alert rules. What each parameter means comes from the rule table itself. */
export const ruleWords = {
  title: 'When to tell',
  text: 'What is left empty is as usual. A value for one library wins over one for metered lines, and that over one for all.',
  fileToo: 'A file (CARREL_RULES) sets some of these; what stands there wins over what is set here.',
  scope: 'For',
  all: 'All libraries',
  metered: 'Metered lines',
  usual: (value: string, unit: string) =>
    `as usual: ${value === 'true' ? 'on' : value === 'false' ? 'off' : value}${unit ? ` ${unit}` : ''}`,
  onOff: { on: 'on', off: 'off' },
  save: 'Save the rules',
  saved: 'Saved. They hold from now on.',
};
