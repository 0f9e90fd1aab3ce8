/** Why: what whoever is signed in may do. The server decides, the page only does not offer. */
import { may } from '#contract';
import { me } from './store.ts';

const mine = (what: Parameters<typeof may>[1]) => (me.value ? may(me.value.role, what) : false);
export const mayAct = () => mine('act');
export const mayOperate = () => mine('operate');
export const mayAudit = () => mine('audit');
export const mayAdminister = () => mine('administer');
