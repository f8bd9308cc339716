import type { RoleEnvironment, RoleName } from './role-configuration.ts';
import { startRoleProcess, type RoleProcess } from './role-process.ts';
import { keepRunning } from './service.ts';
import { logFile, type StartContext } from './start-context.ts';

/** A role process that opens its ports when everything is ready, and at once when it is started again later. */
export async function keepRoles(
  { state, registry, progress, stops }: StartContext,
  names: RoleName[],
  settings: RoleEnvironment,
): Promise<{ open(): Promise<void>; withheld(): readonly string[] }> {
  let isOpen = false;
  let current: RoleProcess | undefined;
  const label = names.join('+');
  const service = await keepRunning(
    label,
    async () => {
      current = await startRoleProcess({
        names,
        settings,
        logFile: logFile(state, names.length === 1 ? label : 'app'),
        registry,
        say: progress.say,
      });
      if (isOpen) await current.open();
      return current;
    },
    progress.say,
  );
  stops.push(service.stop);
  return {
    async open() {
      isOpen = true;
      await current?.open();
    },
    withheld: () => current?.withheld ?? [],
  };
}
