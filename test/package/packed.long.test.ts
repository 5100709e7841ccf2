/** The package as people get it: packed, installed in an empty folder without anything for development, run and imported. */
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startLocalHost } from '../../webhook/host/local-host.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

const { exports: entries } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
};
const names = Object.entries(entries).map(([entry, target]) => ({
  name: entry.replace(/^\./, 'dps-emulator'),
  isJson: typeof target === 'string',
}));
const modules = names.filter(({ isJson }) => !isJson).map(({ name }) => name);

/** What an entry is made for, and people bring themselves. */
const PEERS = ['vitest', 'testcontainers'];
/** `vitest` can be imported inside a run of its own only: test/contracts/vitest holds that one. */
const IN_A_RUN_ONLY = 'dps-emulator/vitest';

let project = '';
let env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'dps-emulator-packed-'));
  const { PATH, HOME } = process.env;
  env = { PATH, HOME, DPS_EMULATOR_HOME: join(project, 'home') };
  // Built already: what `npm run test:long` does first.
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], { cwd: ROOT });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ readonly filename: string }];
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  // Strict about every package's engines, in a tree where no lock file of ours speaks.
  const strict = [...quiet, '--engine-strict'];
  await run('npm', ['install', '--omit=dev', '--omit=optional', ...strict, `./${filename}`], { cwd: project });
}, 400_000);
afterAll(() => rm(project, { recursive: true, force: true }));

describe('the packed package, installed in an empty folder', () => {
  it('brings nothing that is for development only', async () => {
    for (const name of [...PEERS, 'typescript', 'azure-iot-provisioning-device']) {
      const found = await run(process.execPath, ['-e', `require.resolve('${name}/package.json')`], {
        cwd: project,
      }).then(
        () => true,
        () => false,
      );
      expect(found, name).toBe(false);
    }
  });

  it('starts, registers a device, and verifies a webhook', async () => {
    const bin = join(project, 'node_modules/.bin/dps-emulator');
    const ports = ['--mqtt-port=0', '--https-port=0', '--control-port=0', '--webhook-port=0'];
    const started = spawn(bin, ['start', '--json', '--retry-after=0', ...ports], { cwd: project, env });
    const ended = new Promise((resolve) => started.once('close', resolve));
    onTestFinished(async () => {
      started.kill('SIGTERM');
      await ended;
    });
    for await (const line of createInterface({ input: started.stdout })) if (line.includes('"kind":"ready"')) break;

    const device = 'breakroom499-contoso-tstrsd-007';
    const registered = await run(bin, ['register', device, '--json'], { cwd: project, env });
    expect(JSON.parse(registered.stdout)).toMatchObject({
      outcome: 'assigned',
      assignedHub: 'contoso-toasters-hub-1098.azure-devices.net',
    });

    const webhook = await startLocalHost({ port: 0 });
    onTestFinished(() => webhook.stop());
    const verified = await run(bin, ['verify', '--webhook', webhook.url, '--json'], { cwd: project, env });
    expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'passed' });
  });

  it('every entry of exports is imported, and its types resolve', async () => {
    await Promise.all(PEERS.map((name) => link(name)));
    const imported = modules.filter((name) => name !== IN_A_RUN_ONLY);
    const program = `
      import { createRequire } from 'node:module';
      const counts = {};
      for (const name of ${JSON.stringify(imported)}) counts[name] = Object.keys(await import(name)).length;
      for (const name of ${JSON.stringify(names.filter(({ isJson }) => isJson).map(({ name }) => name))})
        counts[name] = Object.keys(createRequire(import.meta.url)(name)).length;
      console.log(JSON.stringify(counts));`;
    await writeFile(join(project, 'imports.mjs'), program);
    const { stdout } = await run(process.execPath, ['imports.mjs'], { cwd: project, env });
    const counts = JSON.parse(stdout) as Readonly<Record<string, number>>;
    expect(Object.keys(counts).sort()).toEqual(
      names
        .map(({ name }) => name)
        .filter((name) => name !== IN_A_RUN_ONLY)
        .sort(),
    );
    for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(0);

    const lines = modules.map((name, index) => `import * as entry${index} from '${name}';\nexport { entry${index} };`);
    // A name that is not there, so that it is known to be looked for.
    const wrong = "import { postJson } from 'dps-emulator';\nexport { postJson };";
    const options = { module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true };
    const typeRoots = [join(ROOT, 'node_modules/@types')];
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, typeRoots, types: ['node'] } }),
    );
    await writeFile(join(project, 'imports.ts'), `${lines.join('\n')}\n`);
    await compile();
    await writeFile(join(project, 'imports.ts'), `${lines.join('\n')}\n${wrong}\n`);
    await expect(compile()).rejects.toMatchObject({ stdout: expect.stringContaining("no exported member 'postJson'") });
  });
});

function compile() {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [tsc, '-p', project], { cwd: project });
}

/** As if it were installed beside the package. */
async function link(name: string): Promise<void> {
  const target = join(project, 'node_modules', name);
  await mkdir(dirname(target), { recursive: true });
  await symlink(join(ROOT, 'node_modules', name), target);
}
