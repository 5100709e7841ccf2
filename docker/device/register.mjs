// A device's first boot with the official SDK: registers by the service's real host name, prints its hub and its twin.

import provisioning from 'azure-iot-provisioning-device';
import mqtt from 'azure-iot-provisioning-device-mqtt';
import security from 'azure-iot-security-symmetric-key';

const { PROVISIONING_HOST, PROVISIONING_IDSCOPE, REGISTRATION_ID, SYMMETRIC_KEY, CONTROL_URL } = process.env;

const client = provisioning.ProvisioningDeviceClient.create(
  PROVISIONING_HOST,
  PROVISIONING_IDSCOPE,
  new mqtt.Mqtt(),
  new security.SymmetricKeySecurityClient(REGISTRATION_ID, SYMMETRIC_KEY),
);
client.setProvisioningPayload({ MyDeviceFirmwareVersion: '12.0.2.5', MyDeviceProvisioningVersion: '1.0.0.0' });

try {
  const { assignedHub, deviceId, status } = await client.register();
  console.log(`${REGISTRATION_ID}: ${status}, hub ${assignedHub}, device id ${deviceId}`);
  // A back end would ask the hub; here the control API tells what the hub holds.
  const answer = await fetch(`${CONTROL_URL}/hubs/${assignedHub}/twins/${deviceId}`);
  const { tags, properties } = await answer.json();
  console.log(`${REGISTRATION_ID}: twin ${JSON.stringify({ tags, desired: properties.desired })}`);
} catch (error) {
  console.error(`${REGISTRATION_ID}: ${error.name}: ${error.message}`);
  process.exit(1);
}
