import { Command } from 'commander';
import {
  ConfigurationError,
  machineEnvironment,
  processEnvironment,
  startConfiguration,
  type StartFlags,
} from './configuration.ts';
import { createProgress } from './progress.ts';
import { roleNames, type RoleName } from './role-configuration.ts';
import { listenForStop } from './stop-request.ts';

const progress = createProgress((line) => process.stdout.write(line));

const program = new Command('countersign')
  .description('Durable, auditable approvals for AI agents that meet insufficient_scope')
  .showHelpAfterError();

program
  .command('start')
  .description('run everything with embedded parts, until Ctrl-C (npm start)')
  .option('--state <folder>', 'where keys, data and logs are kept (default: .countersign)')
  .option('--auth-port <port>', 'auth server and dashboard (default: 8002)')
  .option('--mcp-port <port>', 'MCP server (default: 8001)')
  .option('--chat-port <port>', 'chat app (default: 5001)')
  .option('--temporal-ui-port <port>', "Temporal's UI, read only (default: 8233)")
  .option('--metrics-port <port>', 'metrics for Prometheus, at /metrics (default: none)')
  .option('--policy <file>', 'policy file (default: countersign.policy.yaml of the project)')
  .option('--workspace <folder>', 'what list_files and execute_command see (default: workspace/ of the project)')
  .option('--model-base-url <url>', 'an OpenAI-compatible endpoint that answers in the chat (default: offline planner)')
  .option('--model <name>', "the model's name there")
  .option('--model-api-key-file <file>', 'a file with its key; or COUNTERSIGN_MODEL_API_KEY')
  .addHelpText('after', '\nEach option is also an environment variable: --auth-port is COUNTERSIGN_AUTH_PORT.')
  .action(async (flags: StartFlags) => {
    const stop = listenForStop(progress.say);
    const { supervise } = await import('./supervisor.ts');
    await supervise(startConfiguration(flags), progress, stop);
  });

program
  .command('test')
  .description('run the checks and the tests (npm test)')
  .argument('[suites...]', 'only these, e.g. unit')
  .option('--full', 'the long ones too')
  .action(async (suites: string[], options: { full?: true }) => {
    const { runTests } = await import('./test.ts');
    const stop = listenForStop(progress.say);
    process.exitCode = await runTests({ suites, full: options.full === true }, progress, stop);
  });

program
  .command('bench')
  .description('measure against bare references (npm run bench)')
  .argument('[parts...]', 'only these, e.g. a d')
  .option('--json <file>', 'write the figures there too')
  .action(async (parts: string[], options: { json?: string }) => {
    const stop = listenForStop(progress.say);
    const { runBench } = await import('../bench/run-bench.ts');
    await runBench({ parts, json: options.json }, progress, stop);
  });

program
  .command('role')
  .description('run roles in this process, configured by COUNTERSIGN_* variables')
  .argument('<names>', `comma-separated: ${roleNames.join(', ')}`)
  .action(async (names: string) => {
    const { hostRoles } = await import('./role-host.ts');
    // A native worker thread that does not end must not keep the process.
    process.exit(await hostRoles(parseRoles(names)));
  });

program
  .command('migrate')
  .description('bring the schema of COUNTERSIGN_DATABASE_URL (the owner role) up to date')
  .action(async () => {
    const url = processEnvironment()['COUNTERSIGN_DATABASE_URL'];
    if (url === undefined) throw new ConfigurationError(['COUNTERSIGN_DATABASE_URL is not set']);
    const { migrate } = await import('../activities/store/migrate.ts');
    await progress.step('migrating', () => migrate(url));
  });

program
  .command('policy')
  .description('make a policy file live, and follow its edits until stopped')
  .argument('<file>', 'the policy file')
  .option('--check', 'only read it and say what is wrong with it')
  .option('--once', 'make it live and end')
  .addHelpText(
    'after',
    '\nReads COUNTERSIGN_DATABASE_URL (the owner role) and COUNTERSIGN_TEMPORAL_ADDRESS; --check needs neither.',
  )
  .action(async (file: string, options: { once?: true; check?: true }) => {
    const stop = listenForStop(progress.say);
    const { runPolicyCommand } = await import('./production-commands.ts');
    await runPolicyCommand(file, options, progress, stop);
  });

program
  .command('people')
  .description('the people of a database')
  .command('add')
  .description('add one, such as the first admin')
  .argument('<email>')
  .requiredOption('--name <name>', 'as people see it')
  .option('--role <role...>', 'one or several', [])
  .addHelpText(
    'after',
    '\nReads COUNTERSIGN_DATABASE_URL (the owner role). Later changes are made in the product, by somebody else.',
  )
  .action(async (email: string, options: { name: string; role: string[] }) => {
    const { addPerson } = await import('./production-commands.ts');
    await addPerson({ email, name: options.name, roles: options.role }, progress);
  });

const resourceServer = program
  .command('resource-server')
  .description("credentials of other people's resource servers, which the policy file lists under resources")
  .addHelpText(
    'after',
    '\nOn what npm start runs on the state folder, or on COUNTERSIGN_DATABASE_URL (the owner role).',
  );
const stateOption = ['--state <folder>', 'of npm start (default: .countersign)', '.countersign'] as const;
resourceServer
  .command('add')
  .description('make credentials; the secret is printed this once')
  .argument('<name>', 'as under resources in the policy file')
  .option(...stateOption)
  .action(async (name: string, options: { state: string }) => {
    const { addResourceServerCommand } = await import('./resource-server-commands.ts');
    await addResourceServerCommand(name, options.state, progress);
  });
resourceServer
  .command('list')
  .description('who has credentials')
  .option(...stateOption)
  .action(async (options: { state: string }) => {
    const { listResourceServersCommand } = await import('./resource-server-commands.ts');
    await listResourceServersCommand(options.state, progress);
  });
resourceServer
  .command('remove')
  .description('take credentials away, at once')
  .argument('<name-or-id>', 'all of a resource, or one')
  .option(...stateOption)
  .action(async (idOrName: string, options: { state: string }) => {
    const { removeResourceServersCommand } = await import('./resource-server-commands.ts');
    await removeResourceServersCommand(idOrName, options.state, progress);
  });

const client = program
  .command('client')
  .description('OAuth clients with a secret; clients without one register themselves')
  .addHelpText(
    'after',
    '\nOn what npm start runs on the state folder, or on COUNTERSIGN_DATABASE_URL (the owner role).',
  );
client
  .command('add')
  .description('register one; the secret is printed this once')
  .argument('<name>', 'as people see it')
  .option('--redirect-uri <uri...>', 'where it gets its answers in a browser; without any it connects by device codes')
  .option('--background', 'it may ask for people who are not there (CIBA), if they let it stay connected')
  .option(...stateOption)
  .action(async (name: string, options: { redirectUri?: string[]; background?: boolean; state: string }) => {
    const { addClientCommand } = await import('./client-commands.ts');
    const { redirectUri: redirectUris = [], background = false } = options;
    await addClientCommand({ name, redirectUris, background }, options.state, progress);
  });
client
  .command('list')
  .description('which are registered')
  .option(...stateOption)
  .action(async (options: { state: string }) => {
    const { listClientsCommand } = await import('./client-commands.ts');
    await listClientsCommand(options.state, progress);
  });
client
  .command('remove')
  .description('remove one, at once')
  .argument('<id>')
  .option(...stateOption)
  .action(async (clientId: string, options: { state: string }) => {
    const { removeClientCommand } = await import('./client-commands.ts');
    await removeClientCommand(clientId, options.state, progress);
  });

program
  .command('fetch-temporal', { hidden: true })
  .description('fetch the Temporal binaries into the cache, for images and CI')
  .action(async () => {
    const { temporalCliPath, temporalTestServerPath } = await import('./embedded/temporal-binary.ts');
    progress.say(await temporalCliPath(machineEnvironment(), progress.say));
    progress.say(await temporalTestServerPath(machineEnvironment(), progress.say));
  });

function parseRoles(text: string): RoleName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !roleNames.some((known) => known === name));
  if (unknown.length > 0)
    throw new ConfigurationError(
      unknown.map((name) => `there is no role "${name}": choose of ${roleNames.join(', ')}`),
    );
  // Started in the order of the list, whatever the order given.
  return roleNames.filter((known) => names.includes(known));
}

/** Errors that say to a person what to do; the stack of any other may help whoever mends it. */
const plainErrors = ['CannotStartError', 'ConfigurationError', 'PolicyFileError', 'StateFolderInUseError'];

try {
  await program.parseAsync();
  process.exit();
} catch (error) {
  const known = error instanceof Error && plainErrors.includes(error.name);
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`\n${text}\n`);
  process.exit(1);
}
