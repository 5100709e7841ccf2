import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SUFFIX, TUTORIAL_STEPS } from './tutorial-steps.ts';

/** The text itself, where it is kept beside the repository. */
const TEXT = join(import.meta.dirname, '../../../shared/reference/tutorial-custom-allocation-policies.txt');

const own = TUTORIAL_STEPS.filter(({ from }) => from === 'tutorial').map(({ line }) => line);

describe('the steps of the tutorial', () => {
  it('have every az line of it, in its order', () => {
    expect(own.filter((line) => line.startsWith('az '))).toEqual([
      'az group create --name $RESOURCE_GROUP --location $LOCATION',
      'az iot dps create --name $DPS --resource-group $RESOURCE_GROUP --location $LOCATION',
      'az iot hub create --name $TOASTER_HUB --resource-group $RESOURCE_GROUP --location $LOCATION --sku S1',
      'az iot hub create --name $HEATPUMP_HUB --resource-group $RESOURCE_GROUP --location $LOCATION --sku S1',
      'az iot hub connection-string show --hub-name $TOASTER_HUB --key primary --query connectionString -o tsv',
      'az iot hub connection-string show --hub-name $HEATPUMP_HUB --key primary --query connectionString -o tsv',
      'az iot dps linked-hub create --dps-name $DPS --resource-group $RESOURCE_GROUP --location $LOCATION --connection-string <toaster_hub_connection_string>',
      'az iot dps linked-hub create --dps-name $DPS --resource-group $RESOURCE_GROUP --location $LOCATION --connection-string <heatpump_hub_connection_string>',
      'az iot dps enrollment-group compute-device-key --key <ENROLLMENT_GROUP_KEY> --registration-id breakroom499-contoso-tstrsd-007',
      'az iot dps enrollment-group compute-device-key --key <ENROLLMENT_GROUP_KEY> --registration-id mainbuilding167-contoso-hpsd-088',
      'az iot dps enrollment-group compute-device-key -g contoso-us-resource-group --dps-name contoso-provisioning-service-1098 --enrollment-id contoso-custom-allocated-devices --registration-id breakroom499-contoso-tstrsd-007',
    ]);
  });

  it('stand on the page docs/tutorial.md, with its suffix', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/tutorial.md'), 'utf8');
    const beforePlaceholder = own.map((line) => line.replaceAll(SUFFIX, '1098').replace(/<\w+>.*/, ''));
    expect(beforePlaceholder.filter((line) => !page.includes(`\n$ ${line}`))).toEqual([]);
  });

  it('are those of the text itself', (context) => {
    if (!existsSync(TEXT)) {
      context.skip('THE TEXT OF THE TUTORIAL IS NOT BESIDE THE REPOSITORY: its lines are held to the list above only');
      return;
    }
    const lines = readFileSync(TEXT, 'utf8').split('\n');
    const printed = lines.map((line) => line.trim()).filter((line) => /^(?:az|export) /.test(line));
    expect(own).toEqual(printed);
  });
});
