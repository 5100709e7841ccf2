/** The rules of the repository that neither the compiler nor the linter can hold, each with what to do instead. */
import { functionsIn } from './functions.ts';
import type { SourceFile } from './source-file.ts';

export interface Rule {
  readonly name: string;
  /** What to do instead, as it is told to whoever broke the rule. */
  readonly instead: string;
  /** What a file does against the rule, in words. */
  readonly faults: (file: SourceFile) => readonly string[];
}

const isIn =
  (...folders: readonly string[]) =>
  (path: string) =>
    folders.some((folder) => path.startsWith(folder));
const isCore = isIn('emulator/core/');
const isPure = isIn('emulator/core/', 'emulator/wire/');
const isTest = isIn('test/');

/** Finds a pattern in the code or in the whole text of the files that `where` picks, and names the lines. */
function ban(
  name: string,
  instead: string,
  pattern: RegExp,
  where: (path: string) => boolean,
  part: 'code' | 'text' = 'code',
): Rule {
  const faults = (file: SourceFile): readonly string[] => {
    if (!where(file.path)) return [];
    return file[part].split('\n').flatMap((line, index) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [`line ${index + 1}: ${found.trim()}`];
    });
  };
  return { name, instead, faults };
}

/** A global that stands for itself, not for a member or a property of that name. */
const global = (...names: readonly string[]): RegExp =>
  new RegExp(`(?<![.\\w$])(?:${names.join('|')})\\b(?!\\s*\\??:)`);

/** Node's modules that do nothing but compute. */
const CORE_MODULES = new Set(['node:crypto', 'node:assert', 'node:assert/strict']);
const GENERIC_NAMES = /(?:^|\/)(?:utils?|helpers?|common|misc|shared)\.ts$/;
/** `name.ts`; tests may say what kind they are: `name.long.test.ts`. */
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:isolated|long))?(?:\.[a-z]+)?\.ts$/;
/** Azure Functions takes the function's name from the file, and the tutorial calls it so. */
const NAMED_BY_AZURE = 'webhook/src/functions/HttpTrigger1.ts';

/** Which packages a folder may import; folders that are not here put things together. */
const LIBRARIES: readonly (readonly [folder: string, packages: readonly string[]])[] = [
  ['emulator/wire/', ['typebox']],
  ['emulator/core/', []],
  ['emulator/allocation-webhook/', []],
  ['emulator/http/', ['fastify', 'ws']],
  ['emulator/control/', ['fastify']],
  ['emulator/mqtt/', ['aedes', 'mqtt-packet']],
  ['emulator/amqp/', ['rhea']],
  ['emulator/tls/', ['@peculiar/x509', 'reflect-metadata']],
  ['webhook/', ['@azure/functions']],
];

/** `@scope/name/file` is in `@scope/name`. */
function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

const FUNCTION_LINES_MAX = 60;
const SOURCE_LINES_MAX = 300;
/** Tables of cases are long without being deep. */
const TEST_LINES_MAX = 450;

/** Where JSON text is read or copied past the one reader, and why. */
export const JSON_PARSERS: Readonly<Record<string, string>> = {
  'emulator/wire/json-depth.ts': 'the one reader',
  'emulator/wire/json.ts': 'copies a value that is there already',
  'emulator/core/journal/describe.ts': 'the request that the ladder has written',
  'contracts/verify/shown-text.ts': 'copies its own document, masking each text on the way',
  'webhook/src/allocation-request.ts': 'is deployed alone, and walks over nothing',
  'webhook/stand-in/recorded-request.ts':
    "belongs to the webhook's own project, and hands the value to the test that asked",
};

export const RULES: readonly Rule[] = [
  ban(
    'JSON from outside comes in by one reader, which has a limit of depth',
    '`parseJson` of wire/json-depth.ts, or `parsedJson` where it does not matter why; `jsonCopy` copies',
    /\bJSON\.parse\b|\bresponse\.json\(/,
    (path) => !isIn('test/', 'bench/')(path) && !Object.hasOwn(JSON_PARSERS, path),
  ),
  ban(
    'the core reads no clock',
    'take the instant from `ports.clock.now()`; wire/timestamp.ts prints it',
    global('Date', 'performance'),
    (path) => isPure(path) && path !== 'emulator/wire/timestamp.ts',
  ),
  ban(
    'the core sets no timer',
    'sleep on the clock: `task.sleep(ms, why, signal)`',
    global('setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'),
    isPure,
  ),
  ban(
    'the core has no time-out of its own',
    'sleep on the clock',
    /\bAbortSignal\.timeout\b|\bprocess\.nextTick\b/,
    isPure,
  ),
  ban(
    'the core opens no connection',
    'name what it needs in core/ports.ts',
    global('fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'),
    isPure,
  ),
  ban(
    'the core knows no process and writes nothing',
    'hand it in through core/ports.ts; bugs go to `ports.reportBug`',
    global('process', 'console', 'globalThis', 'require'),
    isPure,
  ),
  ban(
    'the core draws no random number',
    'derive it: core/ids.ts',
    /\bMath\.random\b|\b(?:randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues|generateKeyPair\w*)\b/,
    isPure,
  ),
  {
    name: "the core uses Node's crypto and assert, and no other module",
    instead: 'name what it needs in core/ports.ts and implement it in an adapter',
    faults: ({ path, imports }) =>
      isCore(path)
        ? imports.flatMap(({ target }) =>
            target.startsWith('emulator/') || CORE_MODULES.has(target) ? [] : [`imports ${target}`],
          )
        : [],
  },
  {
    name: 'a folder uses its own libraries',
    instead: 'leave it to the adapter whose library it is, or hand in what you need',
    faults: ({ path, imports }) => {
      const row = LIBRARIES.find(([folder]) => path.startsWith(folder));
      if (row === undefined) return [];
      const [, allowed] = row;
      const isPackage = (target: string): boolean =>
        /^[@a-z]/.test(target) && !/^(?:node:|emulator\/|webhook\/)/.test(target);
      return imports.flatMap(({ target }) =>
        isPackage(target) && !allowed.includes(packageOf(target)) ? [`imports ${target}`] : [],
      );
    },
  },
  ban(
    'certificates are verified',
    'trust the CA: `ca`, or NODE_EXTRA_CA_CERTS; only the server takes any client certificate, in tls/server-options.ts',
    /\brejectUnauthorized\s*:\s*false\b/,
    (path) => path !== 'emulator/tls/server-options.ts',
  ),
  ban(
    'certificate checks are not switched off from outside',
    'trust the CA: NODE_EXTRA_CA_CERTS',
    /NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity/,
    (path) => !isIn('test/tidy')(path),
    'text',
  ),
  ban(
    'every test runs',
    'mend it or delete it; a case that needs something that may be missing says so with `skipIf` or `context.skip(why)`',
    /(?<!\bcontext)\.(?:only|skip|todo|fails)\s*[(`]/,
    isTest,
  ),
  ban(
    'nothing is silenced',
    'change the code so that the linter and the compiler agree with it',
    /biome-ignore|@ts-(?:ignore|expect-error|nocheck)|eslint-disable/,
    (path) => !isIn('test/tidy')(path),
    'text',
  ),
  ban(
    'nothing is left for later in a comment',
    'do it, or open an issue',
    /\b(?:TODO|FIXME|XXX)\b/,
    (path) => !isIn('test/tidy')(path),
    'text',
  ),
  {
    name: 'files are named in kebab-case',
    instead: 'rename it: `allocation-request.ts`',
    faults: ({ path }) =>
      KEBAB_CASE.test(path.split('/').at(-1) ?? '') || path === NAMED_BY_AZURE ? [] : ['is not kebab-case'],
  },
  {
    name: 'no file is named after nothing',
    instead: 'name it after the one thing that it does',
    faults: ({ path }) => (GENERIC_NAMES.test(path) ? ['says nothing about what is inside'] : []),
  },
  {
    name: 'files are small',
    instead: 'a file does one thing: split it',
    faults: ({ path, text }) => {
      const max = isTest(path) ? TEST_LINES_MAX : SOURCE_LINES_MAX;
      const lines = text.trimEnd().split('\n').length;
      return lines > max ? [`has ${lines} lines; at most ${max}`] : [];
    },
  },
  {
    name: 'functions are short',
    instead: `split it, or say above it why not: \`// Long because …\``,
    faults: (file) =>
      isIn('test/', 'bench/')(file.path)
        ? []
        : functionsIn(file)
            .filter(({ lines, hasReason }) => lines > FUNCTION_LINES_MAX && !hasReason)
            .map(({ line, lines }) => `line ${line}: a function of ${lines} lines; at most ${FUNCTION_LINES_MAX}`),
  },
  {
    name: 'a file opens with a sentence on what it is for',
    instead: "write one: `/** Reads the webhook's answer: … */`",
    faults: ({ path, text }) => {
      const isOpened = /^(?:#![^\n]*\n)?\/\*\*[\s\S]*?[.!?)\]](?:\s*\*\/|\s*\n)/.test(text);
      return isTest(path) || isOpened ? [] : ['opens without one'];
    },
  },
  {
    name: 'own files are imported by their name, with its ending',
    instead: "write `from './ca.ts'`",
    faults: ({ imports }) =>
      imports.flatMap(({ specifier }) =>
        specifier.startsWith('.') && !/\.(?:ts|json)$/.test(specifier) ? [`imports ${specifier}`] : [],
      ),
  },
];
