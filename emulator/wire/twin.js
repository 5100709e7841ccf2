/** `initialTwin`: tags and desired properties; both optional, `null` means absent. [dps-service-behaviour §1.5, §3.1] */
export const InitialTwinSchema = {
  type: 'object',
  properties: {
    tags: { type: ['object', 'null'] },
    properties: {
      type: ['object', 'null'],
      properties: { desired: { type: ['object', 'null'] } },
    },
  },
};
export function isJsonObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
