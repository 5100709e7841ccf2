/** One registration with the official Node SDK; loads its packages only when it is called. */
import type { SdkRequest } from './sdk-protocol.ts';

export interface SdkRegistration {
  register(): Promise<unknown>;
  /** Ends it with an error at the SDK's next step. */
  cancel(): void;
}

export async function createRegistration(request: SdkRequest): Promise<SdkRegistration> {
  const { default: sdk } = await import('azure-iot-provisioning-device');
  const { default: security } = await import('azure-iot-security-symmetric-key');
  const transport = await createTransport(request.transport);
  const key = new security.SymmetricKeySecurityClient(request.registrationId, request.key);
  const client = sdk.ProvisioningDeviceClient.create(
    request.provisioningHost,
    request.idScope,
    transport,
    // Two copies of azure-iot-common come with these packages, and their types do not know each other.
    key as unknown as Parameters<typeof sdk.ProvisioningDeviceClient.create>[3],
  );
  // Typed as an object, but whatever JSON it gets goes out as it is.
  if (request.payload !== undefined) client.setProvisioningPayload(request.payload as Record<string, unknown>);
  return {
    register: async () => client.register(),
    cancel() {
      // The SDK's own cancel drops the pending request; one that waits for its next poll must find a refusal there.
      const refuse = (callback: (error: Error) => void): void => callback(new Error('cancelled'));
      transport.registrationRequest = (_request, callback) => refuse(callback);
      transport.queryOperationStatus = (_request, _operationId, callback) => refuse(callback);
      transport.cancel(() => undefined);
    },
  };
}

async function createTransport(transport: SdkRequest['transport']) {
  switch (transport) {
    case 'mqtt': {
      const { default: mqtt } = await import('azure-iot-provisioning-device-mqtt');
      return new mqtt.Mqtt();
    }
    case 'mqtt-ws': {
      const { default: mqtt } = await import('azure-iot-provisioning-device-mqtt');
      return new mqtt.MqttWs();
    }
    case 'https': {
      const { default: http } = await import('azure-iot-provisioning-device-http');
      return new http.Http();
    }
  }
}
