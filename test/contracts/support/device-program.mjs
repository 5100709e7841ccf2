// A device program as a customer might write it: told everything by its words or its environment, HTTPS or MQTT.
// `how` says how it behaves: well, or wrong in one of several ways.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';

const [, , how, file] = process.argv;
const { DPS_HOST, DPS_PORT, DPS_ID_SCOPE, DPS_REGISTRATION_ID, DPS_KEY, DPS_CA, DPS_PAYLOAD } = process.env;

if (how === 'write-words') {
  writeFileSync(file, JSON.stringify({ words: process.argv.slice(4), env: process.env }));
} else if (how === 'hang') {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  writeFileSync(file, JSON.stringify({ pids: [process.pid, child.pid] }));
  setInterval(() => {}, 1000);
} else {
  const state = await register();
  if (how === 'lies-about-success') process.exit(0);
  if (how === 'lies-about-hub') console.log(JSON.stringify({ assignedHub: 'another-hub.azure-devices.net' }));
  if (how === 'talks') console.log(`connecting with ${DPS_KEY}\n${JSON.stringify({ status: state.status, ...state })}`);
  if (how === 'quiet-failure') console.error('giving up');
  process.exit(state.status === 'assigned' && how !== 'quiet-failure' ? 0 : 1);
}

async function register() {
  const resource = `${DPS_ID_SCOPE}/registrations/${DPS_REGISTRATION_ID}`;
  const expiry = Math.floor(Date.now() / 1000) + 600;
  const signature = createHmac('sha256', Buffer.from(DPS_KEY, 'base64'))
    .update(`${resource}\n${expiry}`)
    .digest('base64');
  const token = `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}`;
  const body = { registrationId: DPS_REGISTRATION_ID, ...(DPS_PAYLOAD && { payload: JSON.parse(DPS_PAYLOAD) }) };
  const first = await ask('PUT', `/${resource}/register`, token, body);
  let answer = first;
  while (answer.status === 'assigning') {
    answer = await ask('GET', `/${resource}/operations/${first.operationId}`, token);
  }
  return answer.registrationState ?? answer;
}

function ask(method, path, token, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: DPS_HOST,
        port: DPS_PORT,
        method,
        path: `${path}?api-version=2019-03-31`,
        ca: readFileSync(DPS_CA),
        headers: { authorization: token, 'content-type': 'application/json' },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve(JSON.parse(text));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
}
