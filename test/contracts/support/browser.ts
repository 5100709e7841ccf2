/** A page in headless Chromium, moved over its DevTools protocol; `undefined` where there is no Chromium. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { WebSocket } from 'ws';

const CHROMIUM = '/usr/bin/chromium';

export interface Page {
  evaluate(expression: string): Promise<unknown>;
  press(key: 'Enter' | 'Tab'): Promise<void>;
  colorScheme(scheme: 'light' | 'dark'): Promise<void>;
  /** What the browser complained of, and every request that it made beside the page itself. */
  problems(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openPage(path: string): Promise<Page | undefined> {
  if (!existsSync(CHROMIUM)) return undefined;
  const profile = await mkdtemp(join(tmpdir(), 'dps-emulator-chromium-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
  ];
  const browser = spawn(CHROMIUM, [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(browser, 'close');
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: browser.stderr }).on('line', (line) => {
      const found = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    ended.then(() => reject(new Error('Chromium has ended')), reject);
  });
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
    readonly type: string;
    readonly webSocketDebuggerUrl: string;
  }[];
  const url = targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl;
  if (url === undefined) throw new Error('Chromium shows no page');
  const tools = await connect(url);
  const page = pathToFileURL(path).href;
  await tools.send('Log.enable', {});
  await tools.send('Network.enable', {});
  await tools.send('Page.enable', {});
  const loaded = tools.next('Page.loadEventFired');
  await tools.send('Page.navigate', { url: page });
  await loaded;
  return {
    evaluate: async (expression) => {
      const { result } = await tools.send('Runtime.evaluate', { expression, returnByValue: true });
      return (result as { readonly value?: unknown }).value;
    },
    press: async (key) => {
      const text = key === 'Enter' ? { text: '\r' } : {};
      const codes = { key, code: key, windowsVirtualKeyCode: key === 'Enter' ? 13 : 9 };
      await tools.send('Input.dispatchKeyEvent', { type: 'keyDown', ...codes, ...text });
      await tools.send('Input.dispatchKeyEvent', { type: 'keyUp', ...codes });
    },
    colorScheme: async (value) => {
      await tools.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
    },
    problems: async () =>
      tools.events.flatMap(({ method, params }) => {
        if (method === 'Log.entryAdded') return [JSON.stringify(params)];
        const asked = (params.request as { readonly url?: string } | undefined)?.url;
        return method === 'Network.requestWillBeSent' && asked !== page ? [`asked for ${asked}`] : [];
      }),
    close: async () => {
      tools.close();
      browser.kill('SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
}

async function connect(url: string) {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const events: Message[] = [];
  const answers = new Map<number, (result: Readonly<Record<string, unknown>>) => void>();
  const waiting = new Map<string, () => void>();
  let lastId = 0;
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) answers.get(message.id)?.(message.result ?? {});
    else events.push(message);
    waiting.get(message.method ?? '')?.();
  });
  return {
    events,
    next: (method: string) => new Promise<void>((resolve) => waiting.set(method, resolve)),
    send: (method: string, params: object): Promise<Readonly<Record<string, unknown>>> => {
      lastId += 1;
      const id = lastId;
      const answered = new Promise<Readonly<Record<string, unknown>>>((resolve) => answers.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params }));
      return answered;
    },
    close: () => socket.close(),
  };
}
