/** Why: the words of the first start. */
const en = {
  title: 'Choose the administrator’s password',
  text: 'This link works once. The user’s name is admin; more people can be added later.',
  password: 'Password',
  hint: 'At least 12 characters. A sentence is easier to remember than signs.',
  go: 'Set the password',
  noToken: 'This link has no token',
  noTokenText: 'Open the link that the server printed when it first started, all of it.',
  toLogin: 'Sign in instead',
};

export type SetupWords = typeof en;
export const setupWords: SetupWords = en;
