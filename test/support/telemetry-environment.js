/** What Lambda sets for each function, before the modules of logger and metrics read it. */
process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'EcommerceApp'
process.env['POWERTOOLS_SERVICE_NAME'] = 'test'
