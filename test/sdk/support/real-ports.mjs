/**
 * Runs inside a private network: the emulator on the real ports, and the official SDK that dials the real name on every
 * transport. Prints one JSON document. Arguments: the built emulator, the built SDK driver, the key-derivation module.
 */
const [emulatorModule, sdkModule, sasModule] = process.argv.slice(2);
const { startEmulator } = await import(emulatorModule);
const { startSdkRunner } = await import(sdkModule);
const { deriveDeviceKey } = await import(sasModule);

const HOST = 'global.azure-devices-provisioning.net';
const HUB = 'hub-one.azure-devices.net';
const GROUP_KEY = Buffer.alloc(64, 7).toString('base64');
const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey: GROUP_KEY } };

const emulator = await startEmulator({
  httpsPort: 443,
  mqttPort: 8883,
  clock: 'skip',
  setUp: {
    dps: [
      {
        name: 'one',
        idScope: '0ne00000001',
        linkedHubs: [HUB],
        enrollmentGroups: [{ enrollmentGroupId: 'devices', attestation }],
        enrollments: [{ registrationId: 'blocked', attestation, provisioningStatus: 'disabled' }],
      },
    ],
  },
});
const runner = await startSdkRunner({ caPath: emulator.ca.certificatePath });

const results = {};
for (const [transport, port] of [
  ['mqtt', 8883],
  ['mqtt-ws', 443],
  ['https', 443],
]) {
  const device = { host: HOST, port, transport, idScope: '0ne00000001' };
  const good = (registrationId) => ({ ...device, registrationId, key: deriveDeviceKey(GROUP_KEY, registrationId) });
  const wrongKey = { ...good(`my:Bad-${transport}`), key: GROUP_KEY };
  results[transport] = {
    assigned: await runner.register({ ...good(`my:Reg-${transport}`), payload: { a: 'b' } }),
    blocked: await runner.register(good('blocked')),
    refused: await runner.register(wrongKey),
  };
}
await runner.stop();
await emulator.stop();
process.stdout.write(JSON.stringify(results));
