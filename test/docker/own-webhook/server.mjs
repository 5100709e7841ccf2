// Sends every device to the last of its hubs, and leaves its mark on the twin.
import { createServer } from 'node:http';

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const answer = {
    iotHubHostName: JSON.parse(body).linkedHubs.at(-1),
    initialTwin: { tags: { allocatedBy: 'own-webhook' } },
  };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
});
server.listen(80);
process.once('SIGTERM', () => process.exit(0));
