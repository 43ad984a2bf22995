// How a published npm stack takes its turns: reads `issue N` or `verify N` from standard input, does it N times and answers with the CPU
// seconds that the process used for it.
import readline from 'node:readline';

/** `stack` has `issue` and `verify`, each of which is given how many have been done before. */
export async function takeTurns(stack) {
  let number = 0;
  for await (const line of readline.createInterface({input: process.stdin})) {
    const [what, count] = line.split(' ');
    const started = process.cpuUsage();
    for(let done = 0; done < Number(count); ++done) {
      await stack[what](number++);
    }
    const {user, system} = process.cpuUsage(started);
    process.stdout.write(`${(user + system) / 1e6}\n`);
  }
}
