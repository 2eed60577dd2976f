/** Imported first, keeps logs and metrics of functions out of the output of a measurement. */
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT'
process.env['POWERTOOLS_METRICS_DISABLED'] = 'true'
process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'EcommerceApp'
process.env['POWERTOOLS_SERVICE_NAME'] = 'test'
