/** What a webhook's URL must be, wherever somebody gives one. */

export const WEBHOOK_URL_RULE = 'must be an http or https URL';

export function isWebhookUrl(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text);
}
