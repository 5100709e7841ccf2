/** The base image that the Dockerfiles start from: the official one, else a stand-in made of Debian and Node's own binary. */
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, copyFile, cp, mkdir, mkdtemp, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run, works } from '../support/run.ts';
import type { Engine } from './engine.ts';
import { installFromDebian } from './install.ts';

export interface BaseImage {
  readonly name: string;
  readonly isOfficial: boolean;
  /** Takes the name away again where it stands for something else than it says. */
  remove(): Promise<void>;
}

const PULL_LIMIT_MS = 180_000;
const DEBOOTSTRAP_LIMIT_MS = 240_000;

/** @param cache where the stand-in is kept for the next run */
export async function ensureBaseImage(engine: Engine, repository: string, cache: string): Promise<BaseImage> {
  const name = baseOf(join(repository, 'Dockerfile'));
  const env = { DOCKER_HOST: engine.host };
  const isThere = async (): Promise<boolean> => works('docker', ['--host', engine.host, 'image', 'inspect', name]);
  const official = { name, isOfficial: true, remove: async () => undefined };
  if (await isThere()) return official;
  // An engine of our own has been started because this machine has no other, and so no registry either.
  if (!engine.isOurs) {
    await run('docker', ['pull', '--quiet', name], { env, timeoutMs: PULL_LIMIT_MS }).catch(() => undefined);
    if (await isThere()) return official;
  }
  const archive = await standInArchive(name, cache);
  const id = (await run('docker', ['import', archive, name], { env, timeoutMs: PULL_LIMIT_MS })).trim();
  return {
    name,
    isOfficial: false,
    remove: async () => void (await run('docker', ['image', 'rm', '--force', id], { env })),
  };
}

/** `node:22-bookworm-slim` */
function baseOf(dockerfile: string): string {
  const name = /^FROM (\S+)/m.exec(readFileSync(dockerfile, 'utf8'))?.[1];
  if (name === undefined) throw new Error(`${dockerfile} names no base image`);
  return name;
}

async function standInArchive(name: string, cache: string): Promise<string> {
  const [, nodeMajor, suite] = /^node:(\d+)-(\w+)-slim$/.exec(name) ?? [];
  if (nodeMajor === undefined || suite === undefined) throw new Error(`no stand-in can be made for ${name}`);
  const archive = join(cache, `node-${nodeMajor}-${suite}-${process.arch}.tar`);
  if (existsSync(archive)) return archive;
  await installFromDebian({ debootstrap: 'debootstrap' });
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'dps-base-'));
  try {
    const root = join(work, 'root');
    // In a mount namespace of its own: what it mounts in there cannot stay behind.
    const command = ['--mount', 'debootstrap', '--variant=minbase', suite, root, ...mirrorOfThisMachine()];
    await run('unshare', command, { timeoutMs: DEBOOTSTRAP_LIMIT_MS });
    await slim(root);
    await addNode(root, nodeMajor, work);
    await addTrust(root);
    await run('tar', ['-C', root, '-cf', join(work, 'image.tar'), '.'], { timeoutMs: PULL_LIMIT_MS });
    await run('mv', [join(work, 'image.tar'), `${archive}.new`]);
    await rename(`${archive}.new`, archive);
    return archive;
  } finally {
    await run('rm', ['-rf', '--one-file-system', work]);
  }
}

/** Where its own packages come from; nothing where that cannot be told, and debootstrap takes its default. */
function mirrorOfThisMachine(): readonly string[] {
  const lists = ['/etc/apt/sources.list', '/etc/apt/sources.list.d/debian.sources'].filter((list) => existsSync(list));
  const text = lists.map((list) => readFileSync(list, 'utf8')).join('\n');
  const uri = /^(?:URIs:|deb)\s+(?:\[.*\]\s+)?(https?:\/\/\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1];
  return uri === undefined ? [] : [uri];
}

/** What the official image leaves out too. */
async function slim(root: string): Promise<void> {
  const left = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/cache/apt', 'var/lib/apt/lists', 'var/log'];
  await run('rm', ['-rf', '--one-file-system', ...left.map((path) => join(root, path))]);
  await mkdir(join(root, 'var/log'));
}

/** Node as the registry has it, npm as this machine has it, and the user that the official image has. */
async function addNode(root: string, major: string, work: string): Promise<void> {
  const local = join(root, 'usr/local');
  await run('npm', ['pack', '--loglevel=error', `node-linux-${process.arch}@${major}`], {
    cwd: work,
    timeoutMs: PULL_LIMIT_MS,
  });
  const tarball = (await readdir(work)).find((file) => file.startsWith('node-linux-')) ?? '';
  await run('tar', ['-C', work, '-xzf', join(work, tarball), 'package/bin/node']);
  await mkdir(join(local, 'bin'), { recursive: true });
  await copyFile(join(work, 'package/bin/node'), join(local, 'bin/node'));
  const npm = join((await run('npm', ['root', '--global'])).trim(), 'npm');
  await cp(npm, join(local, 'lib/node_modules/npm'), { recursive: true, dereference: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  await appendFile(join(root, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/bash\n');
  await appendFile(join(root, 'etc/group'), 'node:x:1000:\n');
}

/** `npm ci` inside reaches the registry that this machine reaches, and trusts whom it trusts. */
async function addTrust(root: string): Promise<void> {
  const bundle = process.env.NODE_EXTRA_CA_CERTS || '/etc/ssl/certs/ca-certificates.crt';
  const registry = (await run('npm', ['config', 'get', 'registry'])).trim();
  const lines = [`registry=${registry}`];
  if (existsSync(bundle)) {
    const inside = '/etc/ssl/certs/ca-certificates.crt';
    await mkdir(dirname(join(root, inside)), { recursive: true });
    await copyFile(bundle, join(root, inside));
    lines.push(`cafile=${inside}`);
  }
  await mkdir(join(root, 'usr/local/etc'), { recursive: true });
  await writeFile(join(root, 'usr/local/etc/npmrc'), `${lines.join('\n')}\n`);
}
