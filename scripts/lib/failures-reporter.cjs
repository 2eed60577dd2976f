/** Prints only failures, to stderr. */
module.exports = class FailuresReporter {
  onTestFileResult(_test, result) {
    if (result.failureMessage) process.stderr.write(`\n${result.testFilePath}\n${result.failureMessage}\n`)
  }
}
