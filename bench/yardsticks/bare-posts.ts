/** The calls of a retry ladder without the product: as many POSTs with `node:http`, one after the other. */
import { request } from 'node:http';

/** Returns the real milliseconds that all of them took. */
export async function bareSequentialPosts(url: string, body: string, count: number): Promise<number> {
  const startedMs = performance.now();
  for (let call = 0; call < count; call += 1) await post(url, body);
  return performance.now() - startedMs;
}

function post(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // A connection for each call, as the product makes it and as retries seconds apart would have it.
    const sent = request(url, {
      method: 'POST',
      agent: false,
      headers: { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(body) },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.on('end', resolve);
      response.resume();
    });
    sent.end(body);
  });
}
