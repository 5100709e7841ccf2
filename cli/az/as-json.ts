/** Resources as the JSON that they are: an interface has no index signature, so the compiler does not see it. */
import type {
  IotHubResource,
  LinkedHubResource,
  PolicyResource,
  ProvisioningServiceResource,
  ResourceGroupResource,
} from '../../emulator/wire/resource.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';

type Resource =
  | IotHubResource
  | LinkedHubResource
  | PolicyResource
  | ProvisioningServiceResource
  | ResourceGroupResource;

export function asJson(value: Resource | readonly Resource[] | null): JsonValue {
  return value as unknown as JsonValue;
}
