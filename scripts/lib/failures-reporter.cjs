const { writeFileSync } = require('node:fs')

/** Prints only failures, to stderr, and writes the numbers of tests that passed and failed to the file TEST_COUNT. */
module.exports = class FailuresReporter {
  onTestFileResult(_test, result) {
    if (result.failureMessage) process.stderr.write(`\n${result.testFilePath}\n${result.failureMessage}\n`)
  }

  /** A file that does not run counts as one failed test. */
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    const count = { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites }
    writeFileSync(process.env.TEST_COUNT, JSON.stringify(count))
  }
}
