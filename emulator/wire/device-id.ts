/** What a hub takes as a device id; case counts. [dps-service-behaviour §3.3] */

const HUB_DEVICE_ID = /^[A-Za-z0-9\-.+%_#*?!(),:=@$']{1,128}$/;

export const HUB_DEVICE_ID_RULE = "must be 1 to 128 characters of A-Z a-z 0-9 - . + % _ # * ? ! ( ) , : = @ $ '";

export function isHubDeviceId(text: string): boolean {
  return HUB_DEVICE_ID.test(text);
}
