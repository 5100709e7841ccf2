/** docs/ci.md: the commands of its workflow, run as they are printed in a project that has the package installed. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');

interface Workflow {
  readonly jobs: {
    readonly webhook: {
      readonly env: Readonly<Record<string, string>>;
      readonly steps: readonly {
        readonly name?: string;
        readonly uses?: string;
        readonly run?: string;
        readonly with?: Readonly<Record<string, string>>;
      }[];
    };
  };
}

const { webhook: job } = (parse(/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '') as Workflow).jobs;

describe('docs/ci.md', () => {
  it('has a workflow that installs, verifies, runs the contracts and uploads JUnit and HTML', async () => {
    const lines = job.steps.flatMap(({ run = '' }) => run.split('\n'));
    expect(lines).toContain('npm ci');
    const upload = job.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
    expect(upload?.with?.path?.split('\n')).toContain('reports/');

    const project = await projectWithPackage();
    // Two of these may run on one machine: the port is the only thing that is not as printed.
    const port = String(await freePort());
    const commands = job.steps.map(({ run = '' }) => run.replaceAll('7071', port)).filter((run) => run !== 'npm ci');
    const variables = Object.entries(job.env).map(([name, value]) => [name, value.replaceAll('7071', port)]);
    // Each job is a group of its own: npx does not hand a signal on to the program that it runs.
    const script = ['set -m', "trap 'for job in $(jobs -p); do kill -- -$job; done; wait' EXIT", ...commands].join(
      '\n',
    );
    const ran = await bash(script, project, Object.fromEntries(variables));
    expect(ran).toMatchObject({ code: 0 });
    expect(await readFile(join(project, 'reports/contracts.xml'), 'utf8')).toContain('<testsuite');
    expect(await readFile(join(project, 'reports/contracts.html'), 'utf8')).toContain('tutorial-toaster');
    expect(await readFile(join(project, 'webhook.log'), 'utf8')).toContain('breakroom499-contoso-tstrsd-007');
  });
});

async function projectWithPackage(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'dps-emulator-ci-'));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await mkdir(join(project, 'node_modules/.bin'), { recursive: true });
  await symlink(ROOT, join(project, 'node_modules/dps-emulator'));
  await symlink('../dps-emulator/dist/cli/main.js', join(project, 'node_modules/.bin/dps-emulator'));
  return project;
}

/** As GitHub runs a step; the webhook in the background ends with the script. */
function bash(script: string, cwd: string, variables: Readonly<Record<string, string>>) {
  const { PATH = '', HOME = cwd, DPS_EMULATOR_HOME = '' } = process.env;
  const env = { PATH, HOME, DPS_EMULATOR_HOME, ...variables };
  return new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    execFile('bash', ['-e', '-c', script], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
