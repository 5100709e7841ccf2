/** Calls the function as the Functions host would: a real `HttpRequest` and `InvocationContext` in, status and bytes out. */

import { randomUUID } from 'node:crypto';
import { format } from 'node:util';
import type { LogLevel as FunctionLogLevel, HttpHandler } from '@azure/functions';
import { executedLine, executingLine, type LogLevel, type WriteLog } from './log-lines.ts';

export interface FunctionCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface FunctionAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface Invoker {
  /** Loads what the first call needs. */
  warmUp(): Promise<void>;
  /** A function that throws answers 500 with an empty body; the reason goes to the log only, as in Azure. */
  invoke(call: FunctionCall): Promise<FunctionAnswer>;
}

const levels: Readonly<Record<FunctionLogLevel, LogLevel>> = {
  trace: 'Trace',
  debug: 'Debug',
  information: 'Information',
  warning: 'Warning',
  error: 'Error',
  critical: 'Critical',
  none: 'Information',
};

export function createInvoker(functionName: string, log: WriteLog, ownHandler?: HttpHandler): Invoker {
  // Loaded at the first call: @azure/functions takes tens of milliseconds, which a start-up need not wait for.
  async function load() {
    // Its bundle is CommonJS, and Node finds its classes only on the default export.
    const [{ default: functions }, { handleAllocationRequest }] = await Promise.all([
      import('@azure/functions'),
      import('../src/handler.ts'),
    ]);
    return { functions, handler: ownHandler ?? handleAllocationRequest };
  }

  async function call({ method, url, headers, body }: FunctionCall, invocationId: string): Promise<FunctionAnswer> {
    const { functions, handler } = await load();
    const request = new functions.HttpRequest({ method, url, headers: { ...headers }, body: { bytes: body } });
    const context = new functions.InvocationContext({
      functionName,
      invocationId,
      logHandler: (level, ...args) => log(levels[level], format(...args)),
    });
    const response = new functions.HttpResponse(await handler(request, context));
    return { status: response.status, headers: response.headers, body: new Uint8Array(await response.arrayBuffer()) };
  }

  return {
    async warmUp() {
      await load();
    },
    async invoke(functionCall) {
      const invocationId = randomUUID();
      const startedAt = performance.now();
      const executed = (outcome: 'Succeeded' | 'Failed') =>
        executedLine(functionName, { outcome, invocationId, durationMs: performance.now() - startedAt });

      log('Information', executingLine(functionName, invocationId));
      try {
        const answer = await call(functionCall, invocationId);
        log('Information', executed('Succeeded'));
        return answer;
      } catch (error) {
        log('Error', `${executed('Failed')} ${format(error)}`);
        return { status: 500, headers: new Headers(), body: new Uint8Array() };
      }
    },
  };
}
