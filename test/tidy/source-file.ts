/** A source file as the repository rules see it: its text, its code without comments and strings, and its imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Import {
  /** Path from the root of the repository, or the name of a package. */
  readonly target: string;
  readonly specifier: string;
  /** Gone when the program runs. */
  readonly isTypeOnly: boolean;
}

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Comments and the contents of strings blanked out, line for line. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export function sourceFile(path: string, text: string): SourceFile {
  const code = withoutCommentsAndStrings(text);
  return { path, text, code, imports: importsOf(path, text, code) };
}

const SKIPPED = new Set(['node_modules', 'dist', 'coverage']);

/** All TypeScript files below the folders. */
export function readSourceFiles(root: string, folders: readonly string[]): readonly SourceFile[] {
  const walk = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(path);
      return entry.name.endsWith('.ts') ? [path] : [];
    });
  return folders.flatMap(walk).map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}

/** Characters after which a slash begins a regular expression and not a division. */
const BEFORE_REGEX = /(?:[=(,:[!&|?{};+>]|\breturn|\bcase|^)\s*$/;

function withoutCommentsAndStrings(text: string): string {
  let code = '';
  let at = 0;
  /** Depth of braces at which each open template literal goes on. */
  const templates: number[] = [];
  let braces = 0;
  const blank = (end: number): void => {
    code += text.slice(at, end).replace(/[^\n]/g, ' ');
    at = end;
  };
  const endOf = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    return match === null ? text.length : match.index + match[0].length;
  };
  const template = (): void => {
    // Up to the closing backtick, or to a hole whose code counts.
    const end = endOf(/(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y);
    if (text.slice(at, end).endsWith('${')) {
      templates.push(braces);
      braces += 1;
    }
    blank(end);
  };
  while (at < text.length) {
    const character = text.charAt(at);
    const two = text.slice(at, at + 2);
    if (two === '//') blank(endOf(/[^\n]*/y));
    else if (two === '/*') blank(endOf(/\/\*[\s\S]*?\*\//y));
    else if (character === "'" || character === '"') {
      // The quote that opens it stays, so that an import can be told from one in a comment.
      code += character;
      at += 1;
      blank(endOf(character === "'" ? /(?:[^'\\\n]|\\[\s\S])*'?/y : /(?:[^"\\\n]|\\[\s\S])*"?/y));
    } else if (character === '`') {
      blank(at + 1);
      template();
    } else if (character === '/' && BEFORE_REGEX.test(code.slice(-200).split('\n').at(-1) ?? '')) {
      blank(endOf(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y));
    } else if (character === '}' && templates.at(-1) === braces - 1) {
      templates.pop();
      braces -= 1;
      blank(at + 1);
      template();
    } else {
      if (character === '{') braces += 1;
      if (character === '}') braces -= 1;
      code += character;
      at += 1;
    }
  }
  return code;
}

/** `import … from '…'`, `export … from '…'`, `import '…'` and `import('…')`, each looked up where code stands. */
function importsOf(path: string, text: string, code: string): readonly Import[] {
  const found: Import[] = [];
  const statements = /\b(?:(?:import|export)\b(?<clause>[^;'"()]*?)\bfrom|import\s*\(|import)\s*(?=['"])/g;
  for (const match of code.matchAll(statements)) {
    const specifier = /^['"]([^'"\n]+)['"]/.exec(text.slice(match.index + match[0].length))?.[1];
    if (specifier === undefined) continue;
    const clause = match.groups?.clause?.trim() ?? '';
    const names = /^\{([\s\S]*)\}$/.exec(clause)?.[1];
    const isEachType =
      names?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false;
    found.push({
      specifier,
      target: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier,
      isTypeOnly: clause.startsWith('type ') || isEachType,
    });
  }
  return found;
}
