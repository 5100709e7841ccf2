import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWebhook } from '../tutorial/webhook-program.ts';
import { run, temporaryHome } from './support/in-process.ts';

const REQUEST = JSON.stringify({
  deviceRuntimeContext: { registrationId: 'a-contoso-tstrsd-007' },
  linkedHubs: ['contoso-toasters-hub-1.azure-devices.net'],
});

function ask(url: string): Promise<Response> {
  return fetch(url, { method: 'POST', body: REQUEST, headers: { 'content-type': 'application/json' } });
}

describe('webhook', () => {
  it("serves the tutorial's function to callers that show the key, and masks it in the log", async () => {
    const { url, log } = await startWebhook(['--key', 'a-function-key']);
    expect(new URL(url).search).toBe('?code=a-function-key');
    expect(await (await ask(url)).json()).toMatchObject({ iotHubHostName: 'contoso-toasters-hub-1.azure-devices.net' });
    expect((await ask(url.replace('a-function-key', 'another'))).status).toBe(401);
    expect(log().slice(1).join('\n')).toContain("Executed 'Functions.HttpTrigger1' (Succeeded");
    expect(log().slice(1).join('\n')).not.toContain('a-function-key');
  });

  it.each([
    [['--port', 'many'], '--port: must be 0 to 65535 (is "many")'],
    [['--key='], '--key: must not be empty; is the variable set?'],
  ])('ends with 2 at %j', async (args, complaint) => {
    const { code, stderr } = await run(await temporaryHome(), ['webhook', ...args]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `dps-emulator: ${complaint}\n` });
  });

  it('ends with 1 when the port that was asked for is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      other.close();
    });
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await run(await temporaryHome(), ['webhook', '--port', String(port)]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `dps-emulator: --port ${port}: the port is taken; leave --port away to take the next free one\n`,
    });
  });
});
