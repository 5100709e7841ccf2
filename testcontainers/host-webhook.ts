/** How a container reaches a webhook that runs on the machine of the test. */

/** The name that Docker Desktop gives to the machine; elsewhere the extra host below makes it mean the same. */
export const HOST_GATEWAY_NAME = 'host.docker.internal';
export const HOST_GATEWAY = { host: HOST_GATEWAY_NAME, ipAddress: 'host-gateway' } as const;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** In a container, loopback is the container itself: the same port on the host gateway is meant. Others stay as they are. */
export function asSeenFromContainer(webhookUrl: string): string {
  if (!URL.canParse(webhookUrl)) throw new Error(`withWebhook: must be a URL (is "${webhookUrl.split('?')[0]}")`);
  const url = new URL(webhookUrl);
  if (LOOPBACK.test(url.hostname)) url.hostname = HOST_GATEWAY_NAME;
  return url.href;
}
