/** The yardstick as a process: Fastify over HTTPS and Aedes over TLS, and nothing of the product but its TLS options. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { tlsServerOptions } from '../../emulator/tls/server-options.ts';
import { startBareAedes } from './bare-aedes.ts';

const [certPath, keyPath] = process.argv.slice(2);
if (certPath === undefined || keyPath === undefined) throw new Error('usage: bare-process CERT_PEM KEY_PEM');

const chainPem = readFileSync(certPath, 'utf8');
const leaf = { certPem: chainPem, chainPem, keyPem: readFileSync(keyPath, 'utf8') };
const tls = tlsServerOptions({ leaf });
const mqtt = await startBareAedes(tls);
const web = Fastify({ https: tls });
web.put('/:scope/registrations/:id/register', async () => ({ status: 'assigning' }));
await web.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ mqtt, https: (web.server.address() as AddressInfo).port })}\n`);
