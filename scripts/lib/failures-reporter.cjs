/** Prints only what went wrong, to stderr: a passing suite needs no line a test. */
module.exports = class FailuresReporter {
  onTestFileResult(_test, result) {
    if (result.failureMessage) process.stderr.write(`\n${result.testFilePath}\n${result.failureMessage}\n`)
  }
}
