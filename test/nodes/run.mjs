// `npm run test:nodes`: the whole fast suite on other Node versions than this one, summed up in one vitest report.
// Arguments go to vitest; the file of `--outputFile.json=FILE` gets the sum. `--node=VERSION` (several) replaces the
// versions below, to try out the lowest one that `engines` promises, say; the path of a binary will do as well.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';

const VERSIONS = ['22', '24'];
const REPOSITORY = join(import.meta.dirname, '..', '..');
const CACHE = join(REPOSITORY, 'node_modules', '.cache', 'dps-emulator-nodes');
const OUTPUT_FILE = '--outputFile.json=';
const NODE = '--node=';
const INSTALL_LIMIT_MS = 180_000;
/** Of the suite, on one version. */
const SUITE_LIMIT_MS = 600_000;

const args = process.argv.slice(2);
const valuesOf = (flag) => args.filter((arg) => arg.startsWith(flag)).map((arg) => arg.slice(flag.length));
const [outputFile] = valuesOf(OUTPUT_FILE);
const vitestArgs = args.filter((arg) => !arg.startsWith(OUTPUT_FILE) && !arg.startsWith(NODE));
const versions = valuesOf(NODE).length > 0 ? valuesOf(NODE) : VERSIONS;

const reports = versions.map((version) => {
  try {
    return runOn(version);
  } catch (error) {
    console.error(`test:nodes: Node ${version}: ${error.message}`);
    return { success: false, numFailedTests: 1 };
  }
});
const sum = sumOf(reports);
if (outputFile !== undefined) writeFileSync(outputFile, JSON.stringify(sum));
console.log(`test:nodes: ${sum.numPassedTests} passed, ${sum.numFailedTests} failed, ${sum.numPendingTests} skipped`);
process.exitCode = sum.success ? 0 : 1;

function runOn(version) {
  if (process.platform !== 'linux' && !version.includes(sep)) {
    console.log(`test:nodes: Node ${version} is skipped: its binary comes from a registry package for Linux`);
    return { success: true, numPendingTests: 1 };
  }
  const node = version.includes(sep) ? version : nodeBinary(version);
  console.log(`test:nodes: Node ${run(node, ['--version']).trim()}`);
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'run-'));
  try {
    const report = join(work, 'report.json');
    const vitest = join(REPOSITORY, 'node_modules', 'vitest', 'vitest.mjs');
    const asked = vitestArgs.filter((arg) => arg.startsWith('--reporter='));
    const reporters = ['--reporter=json', ...(asked.length > 0 ? [] : ['--reporter=default'])];
    const others = vitestArgs.filter((arg) => arg !== '--reporter=json');
    const { status, error } = spawnSync(node, [vitest, 'run', ...reporters, ...others, `${OUTPUT_FILE}${report}`], {
      cwd: REPOSITORY,
      stdio: 'inherit',
      timeout: SUITE_LIMIT_MS,
      // A test that starts `node` means the one it runs on.
      env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
    });
    if (error) throw new Error(error.code === 'ETIMEDOUT' ? `longer than ${SUITE_LIMIT_MS / 1000} s` : error.message);
    if (!existsSync(report)) throw new Error(`vitest ended with ${status} and without a report`);
    const result = JSON.parse(readFileSync(report, 'utf8'));
    return { ...result, success: result.success && status === 0 };
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** From the registry at the first time, then from the cache. */
function nodeBinary(version) {
  const home = join(CACHE, `node-${version}-${process.arch}`);
  const binary = join(home, 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'pack-'));
  try {
    run('npm', ['pack', '--loglevel=error', `node-linux-${process.arch}@${version}`], work);
    const [tarball = ''] = readdirSync(work);
    run('tar', ['-xzf', tarball, 'package/bin/node'], work);
    renameSync(join(work, 'package'), home);
  } finally {
    rmSync(work, { recursive: true });
  }
  return binary;
}

function run(program, programArgs, cwd = REPOSITORY) {
  const options = { cwd, encoding: 'utf8', timeout: INSTALL_LIMIT_MS };
  const { status, stdout, stderr, error } = spawnSync(program, programArgs, options);
  if (status !== 0) throw new Error(`${program} ${programArgs.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

function sumOf(all) {
  const total = (name) => all.reduce((sum, report) => sum + (report[name] ?? 0), 0);
  const counts = ['Total', 'Passed', 'Failed', 'Pending'].flatMap((kind) => [
    `num${kind}TestSuites`,
    `num${kind}Tests`,
  ]);
  return {
    ...Object.fromEntries([...counts, 'numTodoTests'].map((name) => [name, total(name)])),
    startTime: Math.min(...all.map((report) => report.startTime ?? Date.now())),
    success: all.every((report) => report.success),
    testResults: all.flatMap((report) => report.testResults ?? []),
  };
}
