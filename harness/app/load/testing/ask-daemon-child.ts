/** Asks a daemon for its boards 50 times a second until it is told to stop, then prints how many answers came. */
import { Agent, get } from 'node:http';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

const url = `${process.argv[2] ?? ''}/api/boards`;
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
let answeredCount = 0;

process.on('SIGTERM', () => {
  process.stdout.write(`${answeredCount}\n`, () => process.exit(0));
});
process.stdout.write('asking\n');
for (;;) {
  const request = get(url, { agent }, (answer) => {
    if (answer.statusCode === 200) answeredCount += 1;
    answer.resume();
  });
  // An unanswered request is one that is not counted.
  request.on('error', () => undefined);
  await delay(20);
}
