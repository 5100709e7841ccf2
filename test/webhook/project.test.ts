import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allocationRequest, toasterHub } from './tutorial-request.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..', '..');
const project = join(root, 'webhook');
const cache = join(root, 'node_modules', '.cache', 'dps-emulator-test');

describe('the Functions project on its own', () => {
  let build: string;

  beforeAll(async () => {
    mkdirSync(cache, { recursive: true });
    build = mkdtempSync(join(cache, 'webhook-'));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    await run(process.execPath, [tsc, '-p', join(project, 'tsconfig.json'), '--outDir', join(build, 'dist')]);
    writeFileSync(join(build, 'package.json'), readFileSync(join(project, 'package.json')));
  });
  afterAll(() => rmSync(build, { recursive: true, force: true }));

  it('builds the entry point that its package.json names, which registers HttpTrigger1', async () => {
    const { main } = JSON.parse(readFileSync(join(build, 'package.json'), 'utf8')) as { main: string };
    const entryPoints = readdirSync(join(build, dirname(main)));
    expect(entryPoints).toEqual(['HttpTrigger1.js']);
    // Outside the Functions host the registration shows as the package's warning.
    const { stderr } = await run(process.execPath, [join(build, dirname(main), 'HttpTrigger1.js')]);
    expect(stderr).toContain('register function "HttpTrigger1"');
  });

  it('serves the function as a program, warning-free, until SIGTERM', async () => {
    const program = spawn(process.execPath, [join(build, 'dist', 'host', 'main.js'), '--port', '0']);
    const exited = once(program, 'exit');
    let stderr = '';
    program.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    try {
      const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
      const url = /^HttpTrigger1: \[POST\] (http:\S+\?code=\S+)$/.exec(line)?.[1] ?? '';
      const response = await fetch(url, { method: 'POST', body: allocationRequest() });
      expect(await response.json()).toMatchObject({ iotHubHostName: toasterHub });
    } finally {
      program.kill('SIGTERM');
    }
    expect(await exited).toEqual([0, null]);
    expect(stderr).toBe('');
  });

  it.each([
    [['--port', '65536'], '--port must be 0 to 65535, not "65536"'],
    [['--port', 'seven'], '--port must be 0 to 65535, not "seven"'],
    [['--key', ''], '--key must not be empty'],
    [['--unknown'], "Unknown option '--unknown'"],
  ])('refuses %j with the usage and exit code 2', async (args, reason) => {
    const program = run(process.execPath, [join(build, 'dist', 'host', 'main.js'), ...args]);
    const failure = await program.catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
    expect(failure).toMatchObject({ stderr: expect.stringContaining('Usage:') });
  });

  it('keeps no process alive with the slow answer of a stopped stand-in', async () => {
    const program = `
      import { startStandIn } from ${JSON.stringify(pathToFileURL(join(build, 'dist', 'stand-in', 'index.js')).href)};
      const standIn = await startStandIn([{ kind: 'slow', delayMs: 600_000, answer: { kind: 'hang' } }]);
      fetch(standIn.url).catch(() => console.log('ended'));
      await standIn.untilCalled(1);
      await standIn.stop();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
    expect(stdout).toBe('ended\n');
  });

  it('imports nothing from outside its folder but @azure/functions and Node', () => {
    const strangers: string[] = [];
    const sources = readdirSync(project, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !/(^|\/)(node_modules|dist)\//.test(file),
    );
    expect(sources.length).toBeGreaterThan(10);
    for (const file of sources) {
      const source = readFileSync(join(project, file), 'utf8');
      for (const [, target = ''] of source.matchAll(/(?:from |import\(|import )'([^']+)'/g)) {
        const outside = relative(project, resolve(project, dirname(file), target)).startsWith('..');
        const isOurs = target.startsWith('.') ? !outside : /^(node:|@azure\/functions$)/.test(target);
        if (!isOurs) strangers.push(`${file}: ${target}`);
      }
    }
    expect(strangers).toEqual([]);
  });
});
