/** Imported first, keeps logs and metrics out of a test's output. Metrics are asserted by spying on `metrics`. */
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT'
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true'
process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'EcommerceApp'
process.env['POWERTOOLS_SERVICE_NAME'] = 'test'
