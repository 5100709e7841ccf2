import { describe, expect, it } from 'vitest';
import { asSeenFromContainer } from '../../testcontainers/host-webhook.ts';

describe('the URL of a webhook as a container sees it', () => {
  it.each([
    [
      'http://localhost:7071/api/HttpTrigger1?code=a%2Bb',
      'http://host.docker.internal:7071/api/HttpTrigger1?code=a%2Bb',
    ],
    ['http://127.0.0.1:7071/', 'http://host.docker.internal:7071/'],
    ['http://127.0.1.1:7071/', 'http://host.docker.internal:7071/'],
    ['https://[::1]:8443/api', 'https://host.docker.internal:8443/api'],
  ])('names the machine of the test where %s names loopback', (url, seen) => {
    expect(asSeenFromContainer(url)).toBe(seen);
  });

  it.each([
    'http://webhook:7071/api?code=x',
    'https://plant.example/api',
    'http://192.168.1.5/',
    'http://1270.0.0.example/',
  ])('is %s itself where that is another machine', (url) => {
    expect(asSeenFromContainer(url)).toBe(url);
  });

  it('is refused when it is none, without its key', () => {
    expect(() => asSeenFromContainer('localhost/api?code=secret')).toThrow(
      'withWebhook: must be a URL (is "localhost/api")',
    );
  });
});
