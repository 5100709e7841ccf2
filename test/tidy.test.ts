import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderCycles, importCycles, layerFaults } from './tidy/layers.ts';
import { JSON_PARSERS, RULES } from './tidy/rules.ts';
import { readSourceFiles, sourceFile } from './tidy/source-file.ts';

const files = readSourceFiles(join(import.meta.dirname, '..'), [
  'emulator',
  'device',
  'client',
  'cli',
  'webhook',
  'contracts',
  'testcontainers',
  'bench',
  'test',
]);

describe('the repository', () => {
  it('is there: the rules below look at something', () => {
    expect(files.length).toBeGreaterThan(150);
    const folders = new Set(files.map(({ path }) => path.split('/').slice(0, 2).join('/')));
    for (const folder of ['emulator/core', 'emulator/wire', 'webhook/src', 'contracts/run', 'test/core']) {
      expect(folders).toContain(folder);
    }
  });

  it.each(RULES)('$name', ({ faults, instead }) => {
    const found = files.flatMap((file) => faults(file).map((fault) => `${file.path}: ${fault}`));
    expect(found, `instead: ${instead}`).toEqual([]);
  });

  it('folders import what the table of the architecture allows', () => {
    expect(files.flatMap((file) => layerFaults(file).map((fault) => `${file.path}: ${fault}`))).toEqual([]);
  });

  it('excuses no file from reading JSON by the one reader that does read it so', () => {
    const parsing = files.filter(({ code }) => code.includes('JSON.parse')).map(({ path }) => path);
    expect(parsing).toEqual(expect.arrayContaining(Object.keys(JSON_PARSERS)));
  });

  it('has no import cycles, type-only ones included', () => {
    expect(importCycles(files)).toEqual([]);
  });

  // Folders of tests lend each other what they start and dial.
  it('has no cycles of folders, type-only ones included', () => {
    expect(folderCycles(files.filter(({ path }) => !path.startsWith('test/')))).toEqual([]);
  });
});

const HEAD = '/** A sample. */\n';

/** A file that breaks the rule, and one that looks like it and does not. */
const samples: Readonly<Record<string, readonly (readonly [path: string, bad: string, good: string])[]>> = {
  'the core reads no clock': [
    ['emulator/core/a.ts', 'const now = Date.now();', "const text = 'Date.now()'; // Date"],
    ['emulator/core/a.ts', 'const d = new Date(ms);', 'const { createdDate } = record; x.Date;'],
    ['emulator/wire/a.ts', 'const d = performance.now();', 'const performance_ = 1;'],
    ['emulator/core/a.ts', ['const t = `a $', '{Date.now()} b`;'].join(''), 'const t = `Date.now()`;'],
  ],
  'the core sets no timer': [
    ['emulator/core/a.ts', 'setTimeout(f, 1);', 'task.setTimeout(1);'],
    ['emulator/wire/a.ts', 'queueMicrotask(f);', '/* queueMicrotask(f) */'],
  ],
  'the core has no time-out of its own': [['emulator/core/a.ts', 'AbortSignal.timeout(5)', 'AbortSignal.abort()']],
  'the core opens no connection': [['emulator/core/a.ts', 'await fetch(url)', 'await ports.fetch(url)']],
  'the core knows no process and writes nothing': [
    ['emulator/core/a.ts', 'process.exit(1)', 'const a = { process: 1 };'],
    ['emulator/core/a.ts', 'console.log(1)', "throw new Error('see the console')"],
  ],
  'the core draws no random number': [
    ['emulator/core/a.ts', 'Math.random()', 'Math.round(1)'],
    ['emulator/core/a.ts', "import { randomUUID } from 'node:crypto';", "import { createHmac } from 'node:crypto';"],
  ],
  "the core uses Node's crypto and assert, and no other module": [
    ['emulator/core/a.ts', "import net from 'node:net';", "import { createHash } from 'node:crypto';"],
    ['emulator/core/a.ts', "const a = await import('fastify');", "const a = await import('./b.ts');"],
    ['emulator/core/a.ts', "import type { Socket } from 'node:net';", "import assert from 'node:assert/strict';"],
  ],
  'a folder uses its own libraries': [
    ['emulator/http/a.ts', "import { Aedes } from 'aedes';", "import Fastify from 'fastify';"],
    ['emulator/wire/a.ts', "import type { X } from '@scope/x/y';", "import type { X } from 'typebox/schema';"],
    ['webhook/src/a.ts', "import x from 'mqtt';", "import { app } from '@azure/functions';"],
    ['emulator/tls/a.ts', "import x from '@peculiar/other';", "const x = await import('@peculiar/x509');"],
  ],
  'JSON from outside comes in by one reader, which has a limit of depth': [
    ['client/a.ts', 'const value = JSON.parse(text);', 'const value = parsedJson(text);'],
    ['cli/a.ts', 'const answer = await response.json();', "test('a', () => JSON.stringify(1));"],
    ['contracts/a.ts', 'lines.map(JSON.parse)', '// JSON.parse'],
  ],
  'certificates are verified': [
    ['contracts/a.ts', 'connect({ rejectUnauthorized: false })', 'connect({ rejectUnauthorized: true })'],
    ['test/a.test.ts', 'connect({ rejectUnauthorized:false })', "it('refuses rejectUnauthorized: false', f);"],
  ],
  'certificate checks are not switched off from outside': [
    ['test/a.test.ts', "env.NODE_TLS_REJECT_UNAUTHORIZED = '0';", "env.NODE_EXTRA_CA_CERTS = 'ca.pem';"],
  ],
  'every test runs': [
    ['test/a.test.ts', "it.only('x', f);", "it.each(rows)('only x', f);"],
    ['test/a.test.ts', "describe.each(rows).skip('x', f);", "it.skipIf(isMissing)('x', f);"],
  ],
  'nothing is silenced': [['emulator/a.ts', '// biome-ignore lint: x', '// the linter agrees']],
  'nothing is left for later in a comment': [['emulator/a.ts', '// TODO: later', "const todo = 'list';"]],
  'files are named in kebab-case': [['emulator/core/camelCase.ts', '', '']],
  'no file is named after nothing': [['emulator/core/utils.ts', '', '']],
  'files are small': [['emulator/core/a.ts', '\n//'.repeat(301), '\n//'.repeat(298)]],
  'a file opens with a sentence on what it is for': [['emulator/core/a.ts', '', '']],
  'own files are imported by their name, with its ending': [
    ['emulator/core/a.ts', "import { b } from './b.js';", "import { b } from './b.ts';"],
    ['emulator/core/a.ts', "export { b } from '../b';", "export { b } from '../b.ts';"],
  ],
};

/** Rules about the name or the head of a file: what to feed them instead of code. */
const special: Readonly<Record<string, readonly [bad: readonly [string, string], good: readonly [string, string]]>> = {
  'files are named in kebab-case': [
    ['emulator/core/camelCase.ts', HEAD],
    ['emulator/core/kebab-case.test.ts', HEAD],
  ],
  'no file is named after nothing': [
    ['emulator/core/utils.ts', HEAD],
    ['emulator/core/utils-of-kitchen.ts', HEAD],
  ],
  'a file opens with a sentence on what it is for': [
    ['emulator/core/a.ts', "import x from './x.ts';\n"],
    ['emulator/core/a.ts', HEAD],
  ],
};

describe('the rules can fail', () => {
  it('each has a sample that breaks it', () => {
    expect(Object.keys(samples).sort()).toEqual(RULES.map(({ name }) => name).sort());
  });

  it.each(RULES)('$name', ({ name, instead, faults }) => {
    expect(instead).not.toBe('');
    const pairs = special[name]
      ? [special[name]]
      : (samples[name] ?? []).map(
          ([path, bad, good]) =>
            [
              [path, `${HEAD}${bad}\n`],
              [path, `${HEAD}${good}\n`],
            ] as const,
        );
    expect(pairs.length).toBeGreaterThan(0);
    for (const [[badPath, bad], [goodPath, good]] of pairs) {
      expect(faults(sourceFile(badPath, bad)), bad).not.toEqual([]);
      expect(faults(sourceFile(goodPath, good)), good).toEqual([]);
    }
  });

  it.each([
    ['emulator/wire/a.ts', '../core/b.ts'],
    ['emulator/core/a.ts', '../http/b.ts'],
    ['emulator/core/dps/a.ts', '../../config.ts'],
    ['emulator/http/a.ts', '../mqtt/b.ts'],
    ['emulator/mqtt/a.ts', '../hub/b.ts'],
    ['emulator/http/a.ts', '../control/b.ts'],
    ['emulator/allocation-webhook/a.ts', '../tls/b.ts'],
    ['emulator/control/a.ts', '../http/b.ts'],
    ['emulator/core/a.ts', '../../webhook/src/b.ts'],
    ['webhook/src/a.ts', '../host/b.ts'],
    ['webhook/host/a.ts', '../../emulator/core/b.ts'],
    ['contracts/run/a.ts', '../../emulator/core/b.ts'],
    ['contracts/run/a.ts', '../../emulator/index.ts'],
    ['contracts/run/a.ts', '../../webhook/host/main.ts'],
    ['contracts/verify/a.ts', '../../emulator/config.ts'],
    ['contracts/testing/dps.ts', '../../emulator/compose.ts'],
    ['cli/a.ts', '../emulator/compose.ts'],
    ['client/a.ts', '../cli/exit.ts'],
    ['client/a.ts', '../emulator/core/b.ts'],
    ['testcontainers/a.ts', '../cli/credentials.ts'],
    ['testcontainers/a.ts', '../emulator/service-door.ts'],
    ['cli/a.ts', '../emulator/core/errors.ts'],
    ['cli/a.ts', '../emulator/internal-door.ts'],
    ['cli/a.ts', '../contracts/run/select.ts'],
    ['emulator/notices.ts', './compose.ts'],
    ['emulator/listen.ts', './engine.ts'],
    ['emulator/emulator.ts', './compose.ts'],
    ['emulator/trust.ts', './core/errors.ts'],
    ['emulator/version.ts', './config.ts'],
    ['emulator/index.ts', '../contracts/index.ts'],
    ['emulator/core/a.ts', '../service-door.ts'],
    ['contracts/run/a.ts', '../../emulator/internal-door.ts'],
    ['contracts/mutants/a.ts', '../../emulator/core/b.ts'],
    ['emulator/core/a.ts', '../../test/core/b.ts'],
    ['emulator/engine.ts', './http/b.ts'],
    ['emulator/config.ts', './http/b.ts'],
    ['emulator/listeners.ts', './control/b.ts'],
    ['bench/a.ts', '../test/core/b.ts'],
  ])('%s may not import %s', (path, specifier) => {
    for (const statement of [
      `import { b } from '${specifier}';`,
      `import type { b } from '${specifier}';`,
      `export { b } from '${specifier}';`,
      `const b = await import('${specifier}');`,
      `import '${specifier}';`,
    ]) {
      expect(layerFaults(sourceFile(path, statement)), statement).toHaveLength(1);
    }
  });

  it.each([
    ['emulator/core/dps/a.ts', '../../wire/b.ts'],
    ['emulator/http/a.ts', '../core/b.ts'],
    ['emulator/compose.ts', './http/b.ts'],
    ['cli/a.ts', '../contracts/verify/index.ts'],
    ['contracts/run/a.ts', '../case/a.ts'],
    ['contracts/testing/dps.ts', '../../emulator/index.ts'],
    ['contracts/run/a.ts', '../../emulator/service-door.ts'],
    ['contracts/mutants/a.ts', '../../emulator/internal-door.ts'],
    ['cli/a.ts', '../emulator/service-door.ts'],
    ['cli/a.ts', '../emulator/index.ts'],
    ['contracts/run/a.ts', '../../webhook/stand-in/index.ts'],
  ])('%s may import %s', (path, specifier) => {
    expect(layerFaults(sourceFile(path, `import { b } from '${specifier}';`))).toEqual([]);
  });

  it('an import in a comment or in a string is none', () => {
    const text = "// import '../http/b.ts';\nconst a = \"import '../http/b.ts'\";\n";
    expect(sourceFile('emulator/core/a.ts', text).imports).toEqual([]);
  });

  it('a file in no folder of the table has no row', () => {
    expect(layerFaults(sourceFile('emulator/new-thing.ts', HEAD))).toEqual([
      'emulator/new-thing.ts has no row in the table',
    ]);
    expect(layerFaults(sourceFile('page/a.ts', HEAD))).toHaveLength(1);
  });

  it.each([
    "import { x } from './NEXT.ts';",
    "import type { x } from './NEXT.ts';",
    "export { type x } from './NEXT.ts';",
  ])('a cycle of files is found: %s', (statement) => {
    const [a, b, c] = ['b', 'c', 'a'].map((next, index) =>
      sourceFile(`emulator/core/${'abc'.charAt(index)}.ts`, statement.replace('NEXT', next)),
    );
    if (!a || !b || !c) throw new Error('no files');
    expect(importCycles([a, b, c])).toEqual([
      'emulator/core/a.ts -> emulator/core/b.ts -> emulator/core/c.ts -> emulator/core/a.ts',
    ]);
    expect(importCycles([a, b])).toEqual([]);
  });

  it.each([
    // Each file has its own way; the folders have a circle.
    ['cli/a.ts', '../client/b.ts', 'client/c.ts', '../cli/d.ts', 'cli -> client -> cli'],
    [
      'contracts/run/a.ts',
      '../case/b.ts',
      'contracts/case/c.ts',
      '../run/d.ts',
      'contracts/run -> contracts/case -> contracts/run',
    ],
    [
      'emulator/core/hub/a.ts',
      '../dps/b.ts',
      'emulator/core/dps/c.ts',
      '../hub/d.ts',
      'emulator/core/hub -> emulator/core/dps -> emulator/core/hub',
    ],
    [
      'cli/az/a.ts',
      '../../contracts/run/b.ts',
      'contracts/case/c.ts',
      '../../cli/start/d.ts',
      'cli -> contracts -> cli',
    ],
    [
      'emulator/control/a.ts',
      '../engine.ts',
      'emulator/engine.ts',
      './control/b.ts',
      'emulator/control -> emulator/engine.ts -> emulator/control',
    ],
  ])('a cycle of folders is found: %s -> %s, %s -> %s', (one, to, other, back, cycle) => {
    for (const kind of ['import', 'import type']) {
      const files = [
        sourceFile(one, `${kind} { x } from '${to}';`),
        sourceFile(other, `${kind} { x } from '${back}';`),
      ];
      expect(folderCycles(files)).toEqual([cycle]);
      expect(folderCycles(files.slice(1))).toEqual([]);
    }
  });

  it('a folder and those inside it are no cycle, and neither is the hall of the emulator', () => {
    const files = [
      sourceFile('cli/az.ts', "import { x } from './az/run-az.ts';"),
      sourceFile('cli/az/run-az.ts', "import { x } from '../exit.ts';"),
      sourceFile('emulator/control/a.ts', "import { x } from '../config.ts';"),
      sourceFile('emulator/compose.ts', "import { x } from './control/a.ts';"),
    ];
    expect(folderCycles(files)).toEqual([]);
  });
});
