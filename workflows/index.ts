/** Every workflow type, as the worker bundles them. */
export { chatSession } from './chat-session.ts';
export { maintenance } from './maintenance.ts';
export { scopeUpgrade } from './scope-upgrade.ts';
