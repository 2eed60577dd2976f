/** Prints the name of each skipped test, so that a deployment without a service is not taken for a tested one. */
module.exports = class SkippedReporter {
  onTestFileResult(_test, { testResults }) {
    for (const { fullName, status } of testResults)
      if (status === 'pending') process.stderr.write(`Skipped: ${fullName}\n`)
  }
}
