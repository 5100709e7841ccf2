/** The product under load as a process: an emulator with the bench's set-up, which answers at once. */
import { startEmulator } from '../../emulator/index.ts';
import { benchSetUp } from '../set-up.ts';

const [webhookUrl] = process.argv.slice(2);
if (webhookUrl === undefined) throw new Error('usage: emulator-process WEBHOOK_URL');

// Waits that are there for real devices would be measured instead of the emulator.
const emulator = await startEmulator({ setUp: benchSetUp(webhookUrl), replyDelayMs: 0, retryAfterSeconds: 0 });
process.stdout.write(`${JSON.stringify({ mqtt: emulator.endpoints.mqtt.port })}\n`);
